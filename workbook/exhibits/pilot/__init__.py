"""The exhibits of the Pilot notebook, by what they show."""

from workbook.exhibits.deliverable import register
from workbook.exhibits.pilot.appendix import (
    provenance,
    table_benchmarks,
    table_definitions,
    table_inputs,
    table_origins,
)
from workbook.exhibits.pilot.charter import charter_state, table_charter_changes
from workbook.exhibits.pilot.conclusions import limits, next_steps, recommendations, table_gate, table_learnings
from workbook.exhibits.pilot.criteria import chart_criteria, table_criteria
from workbook.exhibits.pilot.design import table_design, table_filters
from workbook.exhibits.pilot.experiments import table_experiments, table_test_periods, unequal_tests
from workbook.exhibits.pilot.failures import chart_failures, table_edge_cases
from workbook.exhibits.pilot.glance import cover, summary, view
from workbook.exhibits.pilot.operation import table_operation, table_pipeline, table_versions
from workbook.exhibits.pilot.over_time import chart_effect_over_time, table_looks
from workbook.exhibits.pilot.resources import table_budget, table_effort
from workbook.exhibits.pilot.usability import table_usability
from workbook.exhibits.pilot.verdict import table_rule, table_verdict

__all__ = [
    "chart_criteria",
    "chart_effect_over_time",
    "chart_failures",
    "charter_state",
    "cover",
    "limits",
    "next_steps",
    "provenance",
    "recommendations",
    "register",
    "summary",
    "table_benchmarks",
    "table_budget",
    "table_charter_changes",
    "table_criteria",
    "table_definitions",
    "table_design",
    "table_edge_cases",
    "table_effort",
    "table_experiments",
    "table_filters",
    "table_gate",
    "table_inputs",
    "table_learnings",
    "table_looks",
    "table_operation",
    "table_origins",
    "table_pipeline",
    "table_rule",
    "table_test_periods",
    "table_usability",
    "table_verdict",
    "table_versions",
    "unequal_tests",
    "view",
]
