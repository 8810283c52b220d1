"""The exhibits of the Prioritize notebook, by what they show."""

from workbook.exhibits.deliverable import existing, provenance, register
from workbook.exhibits.prioritize.appendix import (
    table_benchmarks,
    table_case_inputs,
    table_conventions,
    table_correlations,
    table_definitions,
)
from workbook.exhibits.prioritize.axes import chart_axes
from workbook.exhibits.prioritize.business_case import table_business_case
from workbook.exhibits.prioritize.charter import charter_state, table_charter, table_criteria
from workbook.exhibits.prioritize.choice import table_choice
from workbook.exhibits.prioritize.comparison import table_candidates
from workbook.exhibits.prioritize.conclusions import limits, next_steps, recommendations, table_gate
from workbook.exhibits.prioritize.deep_dive import table_deep_dive, table_non_financial
from workbook.exhibits.prioritize.flows import chart_cash_flows, table_cash_flows
from workbook.exhibits.prioritize.glance import cover, feasibility, summary, view
from workbook.exhibits.prioritize.integration import table_integration
from workbook.exhibits.prioritize.risks import chart_risk_map, table_risks
from workbook.exhibits.prioritize.sample import chart_chance_of_go, table_looks, table_sample, update_chart_chance_of_go
from workbook.exhibits.prioritize.sensitivity import chart_tornado, table_overrun
from workbook.exhibits.prioritize.signing import sponsor, table_open_for_signature, table_signatures
from workbook.exhibits.prioritize.sourcing import table_sourcing
from workbook.exhibits.prioritize.staffing import chart_timeline, table_budget, table_raci, table_team
from workbook.exhibits.prioritize.uncertainty import chart_s_curve

__all__ = [
    "chart_axes",
    "chart_cash_flows",
    "chart_chance_of_go",
    "chart_risk_map",
    "chart_s_curve",
    "chart_timeline",
    "chart_tornado",
    "charter_state",
    "cover",
    "existing",
    "feasibility",
    "limits",
    "next_steps",
    "provenance",
    "recommendations",
    "register",
    "sponsor",
    "summary",
    "table_benchmarks",
    "table_budget",
    "table_business_case",
    "table_candidates",
    "table_case_inputs",
    "table_cash_flows",
    "table_charter",
    "table_choice",
    "table_conventions",
    "table_correlations",
    "table_criteria",
    "table_deep_dive",
    "table_definitions",
    "table_gate",
    "table_integration",
    "table_looks",
    "table_non_financial",
    "table_open_for_signature",
    "table_overrun",
    "table_raci",
    "table_risks",
    "table_sample",
    "table_signatures",
    "table_sourcing",
    "table_team",
    "update_chart_chance_of_go",
    "view",
]
