"""The Assess phase as one frozen result that keeps its intermediate values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbook.engagement.load import Engagement
from workbook.engagement.schema import Assess, Compliance, Technology, UseCase, Weighting
from workbook.engagement.schema_client import Answer
from workbook.framework import Framework, load_framework
from workbook.framework.models import Criterion
from workbook.phases.assess.data import CandidateData, DimensionOf, candidate_data, source_dimensions
from workbook.phases.assess.integration import NO_INTERFACE, SystemReview, review_systems, score_integration
from workbook.phases.assess.measured import MeasuredSource, measure_sources
from workbook.phases.assess.organisation import Organisation, assess_organisation, score_organisation
from workbook.phases.assess.people import Coverage, cover_interviews
from workbook.phases.assess.performance import Comparison, Performance, measure_performance, rank_by_difference
from workbook.phases.assess.processes import ProcessMap, map_processes
from workbook.phases.assess.ranking import Candidate, RankedCandidate, Ranking, Weights, rank, weigh
from workbook.phases.assess.screening import PROHIBITED, Screening, screen
from workbook.phases.assess.use_cases import (
    PROHIBITED_TIER,
    Impact,
    check_vetoes,
    estimate_impact,
    score_impact,
    score_judged,
    score_readiness,
    uncut_impact_score,
)
from workbook.phases.figures import Figure, Register
from workbook.phases.inputs import Inputs, not_begun


@dataclass(frozen=True)
class AssessResult:
    """Everything the Assess notebook shows, with the steps in between.

    `challengers` are the candidates that lack a score and could still be on the shortlist.
    """

    engagement: Engagement
    framework: Framework
    assess: Assess
    process_map: ProcessMap
    performance: tuple[Performance, ...]
    comparisons: tuple[Comparison, ...]
    sources: Mapping[str, MeasuredSource]
    source_dimensions: tuple[DimensionOf, ...]
    organisation: Organisation
    systems: tuple[SystemReview, ...]
    interviews: Coverage
    screening: Screening
    impacts: Mapping[str, Impact]
    candidate_data: Mapping[str, CandidateData]
    ranking: Ranking
    challengers: tuple[RankedCandidate, ...]
    open_reasons: tuple[str, ...]
    figures: Register

    def use_case(self, id: str) -> UseCase:
        """Return a use case by its id."""
        return self.impacts[id].use_case

    def performance_of(self, process_id: str) -> Performance:
        """Return the baseline of a process."""
        return next(row for row in self.performance if row.process.id == process_id)

    @property
    def is_provisional(self) -> bool:
        """True while something is open that could change the shortlist."""
        return bool(self.open_reasons)

    @property
    def put_forward(self) -> tuple[RankedCandidate, ...]:
        """The shortlist once it is full; nothing is put forward before."""
        shortlist = self.ranking.shortlist
        return shortlist if len(shortlist) == self.ranking.shortlist_size else ()


def assess(engagement: Engagement, framework: Framework | None = None) -> AssessResult:
    """Return the Assess phase of one client on one day.

    Raises
    ------
    FaultsError
        If the client has no assess.yaml.
    """
    framework = framework or load_framework(engagement.client.language)
    phase = engagement.assess
    if phase is None:
        raise not_begun(engagement, "assess")
    return _Assessment(engagement, framework, phase).result()


class _Assessment:
    """The steps of the phase, in order; each enters its figures in the register."""

    def __init__(self, engagement: Engagement, framework: Framework, phase: Assess) -> None:
        self.engagement = engagement
        self.framework = framework
        self.phase = phase
        self.currency = engagement.client.currency
        self.register = Register()
        self.inputs = Inputs(engagement, self.register)
        self.rules = {id: rule.value for id, rule in framework.rules.items()}
        self.technology = engagement.technology or Technology.model_validate({})
        self.compliance = engagement.compliance or Compliance.model_validate({})

    def result(self) -> AssessResult:
        cases = self.phase.use_cases
        sources = measure_sources(self.engagement, self.phase.data_sources)
        measured = [
            measure_performance(process, sources, self.currency, self.inputs, self.register)
            for process in self.phase.processes
        ]
        performance = tuple(row for row, _ in measured)
        process_map = self._process_map(performance)
        dimensions = source_dimensions(sources, self.register)
        organisation, systems = self._organisation(), self._systems()
        impacts = {case.id: self._impact(case, process_map) for case in cases}
        thresholds = {id: dimension.threshold for id, dimension in self.framework.quality.items()}
        data = {case.id: candidate_data(case, sources, thresholds, self.register) for case in cases}
        screening = screen(cases, list(self.framework.screening), self.compliance.screening)
        candidates = [
            self._candidate(impacts[case.id], data[case.id], organisation, systems, screening) for case in cases
        ]
        weights = weights_of(self.framework, self.phase.weighting, self._line("assess", "weighting"))
        ranking = rank(candidates, weights, self.phase.shortlist_size, self.register)
        challengers = challengers_of(ranking, self.rules["challenger_share"])
        heard_on = self._line("assess", "interviews")
        return AssessResult(
            engagement=self.engagement,
            framework=self.framework,
            assess=self.phase,
            process_map=process_map,
            performance=performance,
            comparisons=rank_by_difference([comparison for _, found in measured for comparison in found]),
            sources=sources,
            source_dimensions=dimensions,
            organisation=organisation,
            systems=systems,
            interviews=cover_interviews(self.phase.processes, self.phase.interviews, heard_on, self.register),
            screening=screening,
            impacts=impacts,
            candidate_data=data,
            ranking=ranking,
            challengers=challengers,
            open_reasons=open_reasons_of(ranking, challengers, data, screening),
            figures=self.register,
        )

    def _process_map(self, performance: tuple[Performance, ...]) -> ProcessMap:
        costs = {row.process.id: row.measured_cost for row in performance if row.measured_cost is not None}
        most = self.rules["cost_concentration"]
        return map_processes(self.phase.processes, self.currency, self.inputs, self.register, costs, most)

    def _systems(self) -> tuple[SystemReview, ...]:
        integration = self.framework.integration
        scores = {id: pattern.score for id, pattern in integration.patterns.items()}
        scores[NO_INTERFACE] = integration.score_without_interface
        line_of = self.engagement.line_of
        return review_systems(self.technology.systems, self.phase.use_cases, scores, line_of, self.register)

    def _organisation(self) -> Organisation:
        questions = {id: tuple(dimension.questions) for id, dimension in self.framework.readiness.items()}
        return assess_organisation(questions, self.phase.readiness, self._line("assess", "readiness"), self.register)

    def _line(self, file: str, key: str) -> str:
        """Return where a section of a file stands; the file where the section is not there."""
        return self.engagement.sources.get((file, key), f"{file}.yaml")

    def _impact(self, case: UseCase, process_map: ProcessMap) -> Impact:
        cost = process_map[case.process].yearly_cost
        return estimate_impact(case, cost, self.currency, self.inputs, self.register)

    def _candidate(
        self,
        impact: Impact,
        data: CandidateData,
        organisation: Organisation,
        systems: tuple[SystemReview, ...],
        screening: Screening,
    ) -> Candidate:
        case = impact.use_case
        asked: dict[str, Answer] = dict(screening[case.id].answers)
        vetoes, open_vetoes = check_vetoes(case, data.lawful_basis, asked.get(PROHIBITED, "unknown"))
        scores: dict[str, Figure] = {}
        uncut: dict[str, tuple[float, float, float]] = {}
        for id, criterion in self.framework.criteria.items():
            if criterion.score_from == "yearly_impact":
                scores[id] = score_impact(impact, self._material_impact(), id, self.register)
                if amounts := uncut_impact_score(impact, self._material_impact()):
                    uncut[id] = amounts
            elif criterion.score_from == "data_readiness":
                scores[id] = score_readiness(case, data.readiness, id, self.register)
            elif criterion.score_from == "integration":
                scores[id] = score_integration(case, systems, id, self.register)
            elif criterion.score_from == "organisation":
                scores[id] = self._people(case, criterion, organisation)
            else:
                scores[id] = score_judged(case, id, self.inputs)
        return Candidate(case.id, scores, vetoes, open_vetoes, uncut)

    def _people(self, case: UseCase, criterion: Criterion, organisation: Organisation) -> Figure:
        dimensions = [row for row in organisation.dimensions if row.id in criterion.dimensions]
        held = {interview.id: interview.process for interview in self.phase.interviews}
        scale, margin = self.framework.readiness_scale, self.rules["answer_margin"]
        source = self._line("assess", "readiness")
        return score_organisation(case, dimensions, held, scale, margin, criterion.id, source, self.register)

    def _material_impact(self) -> Figure:
        amount, unit = self.phase.material_impact, f"{self.currency}/year"
        return self.inputs.declared("assess.material_impact", amount, unit, ("assess", "material_impact"))


def weights_of(framework: Framework, weighting: Weighting | None, line: str) -> Weights:
    """Return the weights that the client set on a line of its files; those of the house where it set none."""
    house = {id: criterion.swing_points for id, criterion in framework.criteria.items()}
    source = line if weighting else f"framework {framework.version}, criteria"
    return weigh(house, weighting, source, framework.rules["weight_spread"].value)


def challengers_of(ranking: Ranking, least: float) -> tuple[RankedCandidate, ...]:
    """Return the candidates without a rank that reach the shortlist in at least this share of the draws."""
    unranked = (row for row in ranking.candidates if row.rank is None)
    return tuple(row for row in unranked if row.top_share and (row.top_share.value or 0.0) >= least)


def open_reasons_of(
    ranking: Ranking,
    challengers: tuple[RankedCandidate, ...],
    data: Mapping[str, CandidateData],
    screening: Screening,
) -> tuple[str, ...]:
    """Return why the shortlist is provisional: what is unknown, or in doubt, and could change it."""
    shortlist = ranking.shortlist
    ahp = ranking.weights.ahp
    reasons = {
        "too_few": len(shortlist) < ranking.shortlist_size,
        "unranked": bool(challengers),
        # The tier is open for everybody until the compliance rules classify; what counts here is the rest.
        "open_vetoes": any(set(row.candidate.open_vetoes) - {PROHIBITED_TIER} for row in shortlist),
        "prohibited_open": any(not screening[row.candidate.id].is_cleared(PROHIBITED) for row in shortlist),
        "not_measured": any(not data[row.candidate.id].is_complete for row in shortlist),
        "default_weights": ranking.weights.is_house_default,
        "inconsistent_weights": ahp is not None and not ahp.is_consistent,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)
