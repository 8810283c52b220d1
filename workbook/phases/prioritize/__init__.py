"""The Prioritize phase: business cases of the candidates, the choice of one pilot, and its charter."""

from workbook.phases.prioritize.result import PrioritizeResult, charter_content, prioritize

__all__ = ["PrioritizeResult", "charter_content", "prioritize"]
