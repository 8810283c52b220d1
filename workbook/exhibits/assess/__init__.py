"""The exhibits of the Assess notebook, by what they show."""

from workbook.exhibits.assess.appendix import (
    table_data_requests,
    table_definitions,
    table_fields,
    table_interview_guides,
    table_quality_definitions,
    table_readiness_answers,
    table_request_contents,
    table_rules,
    table_scores,
)
from workbook.exhibits.assess.charts import (
    chart_data_readiness,
    chart_lead_times,
    chart_organisation,
    chart_process_cost,
    chart_process_map,
)
from workbook.exhibits.assess.charts_candidates import (
    chart_acceptability,
    chart_impact,
    chart_ranking,
    chart_value_feasibility,
)
from workbook.exhibits.assess.conclusions import limits, next_steps, recommendations, table_gate
from workbook.exhibits.assess.glance import cover, summary, table_shortlist, view
from workbook.exhibits.assess.inputs import (
    table_criteria,
    table_inputs,
    table_missing,
    table_origins,
    table_scales,
    table_vetoes,
)
from workbook.exhibits.assess.processes import (
    table_all_baselines,
    table_baseline,
    table_declared_against_measured,
    table_filters,
    table_processes,
)
from workbook.exhibits.assess.ranking import table_central_weights, table_flip_points, table_leave_one_out
from workbook.exhibits.assess.readiness import (
    table_data_readiness,
    table_interviews,
    table_minimum_data,
    table_open_questions,
    table_organisation,
    table_screening,
    table_systems,
    table_themes,
)
from workbook.exhibits.benchmarks import table_benchmarks
from workbook.exhibits.deliverable import provenance, register

__all__ = [
    "chart_acceptability",
    "chart_data_readiness",
    "chart_impact",
    "chart_lead_times",
    "chart_organisation",
    "chart_process_cost",
    "chart_process_map",
    "chart_ranking",
    "chart_value_feasibility",
    "cover",
    "limits",
    "next_steps",
    "provenance",
    "recommendations",
    "register",
    "summary",
    "table_all_baselines",
    "table_baseline",
    "table_benchmarks",
    "table_central_weights",
    "table_criteria",
    "table_data_readiness",
    "table_data_requests",
    "table_declared_against_measured",
    "table_definitions",
    "table_fields",
    "table_filters",
    "table_flip_points",
    "table_gate",
    "table_inputs",
    "table_interview_guides",
    "table_interviews",
    "table_leave_one_out",
    "table_minimum_data",
    "table_missing",
    "table_open_questions",
    "table_organisation",
    "table_origins",
    "table_processes",
    "table_quality_definitions",
    "table_readiness_answers",
    "table_request_contents",
    "table_rules",
    "table_scales",
    "table_scores",
    "table_screening",
    "table_shortlist",
    "table_systems",
    "table_themes",
    "table_vetoes",
    "view",
]
