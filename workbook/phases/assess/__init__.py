"""The Assess phase: where AI would do most good, and whether data, systems and people are ready for it."""

from workbook.phases.assess.result import AssessResult, assess

__all__ = ["AssessResult", "assess"]
