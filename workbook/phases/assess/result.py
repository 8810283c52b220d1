"""The Assess phase as one frozen result that keeps its intermediate values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbook.engagement.faults import Fault, FaultsError
from workbook.engagement.load import Engagement
from workbook.engagement.schema import Answer, Assess, Compliance, Technology, UseCase
from workbook.framework import Framework, load_framework
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
from workbook.phases.inputs import Inputs

CHALLENGER_SHARE = 0.10
"""Share of the draws in which a candidate without a full score must reach the shortlist to keep it provisional."""


@dataclass(frozen=True)
class AssessResult:
    """Everything the Assess notebook shows, with the steps in between."""

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
    phase = _parameters(engagement)
    return _Assessment(engagement, framework, phase).result()


def _parameters(engagement: Engagement) -> Assess:
    if engagement.assess is None:
        missing = Fault(
            f"{engagement.id}/assess.yaml", None, "", "no file", "assess.yaml for this notebook", "create assess.yaml"
        )
        raise FaultsError([missing])
    return engagement.assess


class _Assessment:
    """The steps of the phase, in order; each enters its figures in the register."""

    def __init__(self, engagement: Engagement, framework: Framework, phase: Assess) -> None:
        self.engagement = engagement
        self.framework = framework
        self.phase = phase
        self.currency = engagement.client.currency
        self.register = Register()
        self.inputs = Inputs(engagement, self.register)
        self.technology = engagement.technology or Technology.model_validate({})
        self.compliance = engagement.compliance or Compliance.model_validate({})

    def result(self) -> AssessResult:
        sources = measure_sources(self.engagement, self.phase.data_sources)
        measured = [
            measure_performance(process, sources, self.currency, self.inputs, self.register)
            for process in self.phase.processes
        ]
        performance = tuple(row for row, _ in measured)
        process_map = self._process_map(performance)
        dimensions = source_dimensions(sources, self.register)
        organisation = self._organisation()
        systems = review_systems(
            self.technology.systems, self.phase.use_cases, list(self.framework.integration.patterns)
        )
        impacts = {case.id: self._impact(case, process_map) for case in self.phase.use_cases}
        data = {case.id: self._candidate_data(case, sources) for case in self.phase.use_cases}
        screening = screen(self.phase.use_cases, list(self.framework.screening), self.compliance.screening)
        candidates = [
            self._candidate(impacts[case.id], data[case.id], organisation, systems, screening)
            for case in self.phase.use_cases
        ]
        ranking = rank(candidates, self._weights(), self.phase.shortlist_size, self.register)
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
            interviews=self._interviews(),
            screening=screening,
            impacts=impacts,
            candidate_data=data,
            ranking=ranking,
            open_reasons=_open_reasons(ranking, data, screening),
            figures=self.register,
        )

    def _process_map(self, performance: tuple[Performance, ...]) -> ProcessMap:
        costs = {row.process.id: row.measured_cost for row in performance if row.measured_cost is not None}
        return map_processes(self.phase.processes, self.currency, self.inputs, self.register, costs)

    def _organisation(self) -> Organisation:
        questions = {id: tuple(dimension.questions) for id, dimension in self.framework.readiness.items()}
        return assess_organisation(questions, self.phase.readiness, self._line("assess", "readiness"), self.register)

    def _interviews(self) -> Coverage:
        line = self._line("assess", "interviews")
        return cover_interviews(self.phase.processes, self.phase.interviews, line, self.register)

    def _weights(self) -> Weights:
        house = {id: criterion.swing_points for id, criterion in self.framework.criteria.items()}
        chosen = self.phase.weighting
        source = self._line("assess", "weighting") if chosen else f"framework {self.framework.version}, criteria"
        return weigh(house, chosen, source)

    def _line(self, file: str, key: str) -> str:
        """Return where a section of a file stands; the file where the section is not there."""
        return self.engagement.sources.get((file, key), f"{file}.yaml")

    def _impact(self, case: UseCase, process_map: ProcessMap) -> Impact:
        cost = process_map[case.process].yearly_cost
        return estimate_impact(case, cost, self.currency, self.inputs, self.register)

    def _candidate_data(self, case: UseCase, sources: Mapping[str, MeasuredSource]) -> CandidateData:
        thresholds = {id: dimension.threshold for id, dimension in self.framework.quality.items()}
        return candidate_data(case, sources, thresholds, self.register)

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
        scores = {id: self._score(id, impact, data, organisation, systems) for id in self.framework.criteria}
        uncut = uncut_impact_score(impact, self._material_impact())
        from_impact = [id for id, rule in self.framework.criteria.items() if rule.score_from == "yearly_impact"]
        return Candidate(case.id, scores, vetoes, open_vetoes, dict.fromkeys(from_impact, uncut) if uncut else {})

    def _score(
        self,
        criterion: str,
        impact: Impact,
        data: CandidateData,
        organisation: Organisation,
        systems: tuple[SystemReview, ...],
    ) -> Figure:
        case, rule = impact.use_case, self.framework.criteria[criterion]
        if rule.score_from == "yearly_impact":
            return score_impact(impact, self._material_impact(), criterion, self.register)
        if rule.score_from == "data_readiness":
            return score_readiness(case, data.readiness, criterion, self.register)
        if rule.score_from == "integration":
            patterns = self.framework.integration.patterns.items()
            scores = {id: pattern.score for id, pattern in patterns}
            scores[NO_INTERFACE] = self.framework.integration.score_without_interface
            source = self._line("technology", "systems")
            return score_integration(case, systems, scores, criterion, source, self.register)
        if rule.score_from == "organisation":
            dimensions = [row for row in organisation.dimensions if row.id in rule.dimensions]
            held = {interview.id: interview.process for interview in self.phase.interviews}
            level, source = self.framework.readiness_scale.score, self._line("assess", "readiness")
            return score_organisation(case, dimensions, held, level, criterion, source, self.register)
        return score_judged(case, criterion, self.inputs)

    def _material_impact(self) -> Figure:
        return self.inputs.declared(
            "assess.material_impact",
            self.phase.material_impact,
            f"{self.currency}/year",
            ("assess", "material_impact"),
        )


def _open_reasons(ranking: Ranking, data: Mapping[str, CandidateData], screening: Screening) -> tuple[str, ...]:
    """Return why the shortlist is provisional: what is unknown, or in doubt, and could change it."""
    shortlist = ranking.shortlist
    ahp = ranking.weights.ahp
    reasons = {
        "too_few": len(shortlist) < ranking.shortlist_size,
        "unranked": any(could_enter(row) for row in ranking.candidates),
        # The tier is open for everybody until the compliance rules classify; what counts here is the rest.
        "open_vetoes": any(set(row.candidate.open_vetoes) - {PROHIBITED_TIER} for row in shortlist),
        "prohibited_open": any(not screening[row.candidate.id].is_cleared(PROHIBITED) for row in shortlist),
        "not_measured": any(not data[row.candidate.id].is_complete for row in shortlist),
        "default_weights": ranking.weights.is_house_default,
        "inconsistent_weights": ahp is not None and not ahp.is_consistent,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def could_enter(row: RankedCandidate) -> bool:
    """Return whether a candidate that lacks a score could still be among the first."""
    return row.rank is None and row.top_share is not None and (row.top_share.value or 0.0) >= CHALLENGER_SHARE
