"""The Pilot phase: what was observed, held against the approved charter, and the verdict that follows by rule."""

from workbook.phases.pilot.result import PilotResult, pilot, verdict_content

__all__ = ["PilotResult", "pilot", "verdict_content"]
