"""AI Production Workbook: from a first process inventory to a board page that can be trusted."""

__version__ = "0.1.0"
