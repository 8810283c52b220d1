"""The ranking of the candidates: values, ranks, and how sure they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbook.engagement.schema import Weighting
from workbook.methods import acceptability, scoring, weights
from workbook.methods.acceptability import Acceptability
from workbook.methods.scoring import FlipPoint
from workbook.methods.weights import AHP
from workbook.phases.figures import Figure, Register

SEED = 20250101
"""Seed of all draws; part of the provenance, so that the same inputs give the same bytes."""

NEVER_FIRST = "never_first"
"""Reason of a confidence factor that has no weights to hold at."""

LOWEST_SCORE, HIGHEST_SCORE = 0.0, 100.0

ScoreTables = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""Low, likely and high scores, a row for each candidate and a column for each criterion."""


@dataclass(frozen=True)
class Weights:
    """Normalised weights by criterion id, how they were found, and how far each may lie from its value.

    `source` and `evidence` say where they come from; those of the house are assumed.
    """

    values: Mapping[str, float]
    method: str
    spread: float
    is_house_default: bool
    source: str
    evidence: str | None
    ahp: AHP | None = None

    @property
    def vector(self) -> NDArray[np.float64]:
        """The weights in the order of the criteria."""
        return np.array(list(self.values.values()))


@dataclass(frozen=True)
class Candidate:
    """A use case on the ranking: its scores by criterion, the vetoes that hold, and those still open.

    `uncut` gives low, likely and high score of a criterion before they are cut to the scale, where its range is one of
    amounts that may reach beyond.
    """

    id: str
    scores: Mapping[str, Figure]
    vetoes: tuple[str, ...]
    open_vetoes: tuple[str, ...]
    uncut: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """Criteria without a score."""
        return tuple(id for id, score in self.scores.items() if not score.is_known)


@dataclass(frozen=True)
class RankedCandidate:
    """A candidate with its value and rank; both are None where a score is missing or a veto holds.

    `first_share` and `top_share` say in which share of the draws it comes first and reaches the shortlist,
    `confidence` how often it comes first with the weights that favour it; all are None where nothing was drawn.
    """

    candidate: Candidate
    value: Figure
    rank: int | None
    first_share: Figure | None = None
    top_share: Figure | None = None
    confidence: Figure | None = None


@dataclass(frozen=True)
class Ranking:
    """The candidates, best first, then those that cannot be ranked, then the vetoed.

    `order` holds the ids of the candidates in the order of the rows of `acceptability`, `leave_one_out` and
    `dominance` (entry i, j: i equals or beats j on every criterion); vetoed candidates are in none of them.
    """

    candidates: tuple[RankedCandidate, ...]
    weights: Weights
    order: tuple[str, ...]
    acceptability: Acceptability | None
    flip_points: tuple[FlipPoint, ...]
    leave_one_out: NDArray[np.float64]
    dominance: NDArray[np.bool_]
    shortlist_size: int

    @property
    def ranked(self) -> tuple[RankedCandidate, ...]:
        """Candidates that have a rank, best first."""
        return tuple(row for row in self.candidates if row.rank is not None)

    @property
    def leaders(self) -> tuple[RankedCandidate, ...]:
        """The candidates with the first rank: several where they tie, none where nobody is ranked."""
        return tuple(row for row in self.candidates if row.rank == 1)

    @property
    def shortlist(self) -> tuple[RankedCandidate, ...]:
        """The candidates to put forward: the best that can be ranked, at most `shortlist_size`."""
        return self.ranked[: self.shortlist_size]

    def __getitem__(self, use_case_id: str) -> RankedCandidate:
        return next(row for row in self.candidates if row.candidate.id == use_case_id)


def weigh(criteria: Mapping[str, float], weighting: Weighting | None, source: str, house_spread: float) -> Weights:
    """Return the weights of the criteria; the house's swing points stand in, and say so, where the client has none.

    Weights that somebody set are evidence like an interview; where nobody is named, the evidence is not stated.

    Parameters
    ----------
    criteria
        House swing points, 0 to 100, by criterion id.
    weighting
        What the client chose.
    source
        Where the weights stand.
    house_spread
        How far each weight may lie from its value, where the client does not say.
    """
    if weighting is None:
        return Weights(weights.swing_weights(criteria), "swing", house_spread, True, source, "assumed")
    values, ahp = _chosen_weights(list(criteria), weighting)
    evidence = "interview" if weighting.by else None
    spread = house_spread if weighting.spread is None else weighting.spread
    return Weights(values, weighting.method, spread, False, source, evidence, ahp)


def _chosen_weights(ids: Sequence[str], weighting: Weighting) -> tuple[dict[str, float], AHP | None]:
    if weighting.method == "ahp":
        ahp = weights.ahp_weights([[weighting.matrix[row][column] for column in ids] for row in ids])
        return dict(zip(ids, ahp.weights, strict=True)), ahp
    if weighting.method == "rank_order_centroid":
        by_rank = weights.rank_order_centroid(len(ids)).tolist()
        return {id: by_rank[weighting.order.index(id)] for id in ids}, None
    points = {id: weighting.points[id] for id in ids}
    return weights.direct_weights(points) if weighting.method == "direct" else weights.swing_weights(points), None


def _enter_weights(chosen: Weights, register: Register) -> list[Figure]:
    return [
        register.add(
            Figure(
                f"weight.{id}", weight, "share", evidence=chosen.evidence, source=chosen.source, formula=chosen.method
            )
        )
        for id, weight in chosen.values.items()
    ]


def rank(
    candidates: Sequence[Candidate],
    criterion_weights: Weights,
    shortlist_size: int,
    register: Register,
    drawn: NDArray[np.float64] | None = None,
) -> Ranking:
    """Return the ranking of the candidates and how sure it is.

    Vetoed candidates are taken out before anything is summed. A candidate with a missing score has no value and no
    rank; for the draws its missing score may be anything on the scale. `drawn` are the `draw_scores` of these
    candidates, for a caller that keeps them.
    """
    eligible = _eligible(candidates)
    low, likely, high = map(_on_scale, _score_tables(eligible, len(criterion_weights.values)))
    vector = criterion_weights.vector
    values = scoring.additive_values(likely, vector) if eligible else np.empty(0)
    places = scoring.ranks(values) if eligible else np.empty(0)
    sure = _acceptability(draw_scores(candidates) if drawn is None else drawn, criterion_weights)
    entered = _enter_weights(criterion_weights, register)
    rows = []
    for row, candidate in enumerate(eligible):
        inputs = [*candidate.scores.values(), *entered]
        value = _value(candidate, values[row], float(low[row] @ vector), float(high[row] @ vector), inputs, register)
        shares = _shares(row, candidate, sure, shortlist_size, inputs, register) if sure else ()
        place = None if np.isnan(places[row]) else int(places[row])
        rows.append(RankedCandidate(candidate, value, place, *shares))
    vetoed = [RankedCandidate(c, _vetoed_value(c, register), None) for c in candidates if c.vetoes]
    return Ranking(
        candidates=(*_by_rank(rows), *sorted(vetoed, key=lambda row: row.candidate.id)),
        weights=criterion_weights,
        order=tuple(candidate.id for candidate in eligible),
        acceptability=sure,
        flip_points=scoring.flip_points(likely, vector) if eligible else (),
        leave_one_out=scoring.leave_one_out_ranks(likely, vector) if eligible else np.empty((0, len(vector))),
        dominance=scoring.dominance(likely) if eligible else np.empty((0, 0), dtype=bool),
        shortlist_size=shortlist_size,
    )


def _eligible(candidates: Sequence[Candidate]) -> list[Candidate]:
    return [candidate for candidate in candidates if not candidate.vetoes]


def _score_tables(candidates: Sequence[Candidate], criteria: int) -> ScoreTables:
    """Return low, likely and high scores as tables, amounts before they are cut to the scale."""
    rows = [[_three_points(candidate, id) for id in candidate.scores] for candidate in candidates]
    points = np.array(rows, dtype=float).reshape(len(rows), criteria, 3)
    return points[:, :, 0], points[:, :, 1], points[:, :, 2]


def _three_points(candidate: Candidate, criterion: str) -> tuple[float, float, float]:
    """Return low, likely and high score; one that is not known may be anything on the scale."""
    score = candidate.scores[criterion]
    if score.value is None:
        return LOWEST_SCORE, math.nan, HIGHEST_SCORE
    low = score.value if score.low is None else score.low
    high = score.value if score.high is None else score.high
    return candidate.uncut.get(criterion, (low, score.value, high))


def _on_scale(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(scores, LOWEST_SCORE, HIGHEST_SCORE)


def draw_scores(candidates: Sequence[Candidate]) -> NDArray[np.float64] | None:
    """Return plausible scores of the candidates without a veto, (m, n, draws), which do not depend on the weights.

    None where there are fewer than two to compare.
    """
    eligible = _eligible(candidates)
    if len(eligible) < 2:
        return None
    tables = _score_tables(eligible, len(eligible[0].scores))
    return _on_scale(acceptability.score_draws(*tables, seed=SEED, ids=[candidate.id for candidate in eligible]))


def _acceptability(drawn: NDArray[np.float64] | None, criterion_weights: Weights) -> Acceptability | None:
    return None if drawn is None else acceptability.smaa(drawn, draw_weights(criterion_weights), seed=SEED)


def draw_weights(criterion_weights: Weights) -> NDArray[np.float64]:
    """Return plausible weights: in the stated order where only an order is known, else within the stated spread."""
    vector = criterion_weights.vector
    if criterion_weights.method == "rank_order_centroid":
        return acceptability.ordered_weights(np.argsort(-vector, kind="stable").tolist(), seed=SEED)
    spread = criterion_weights.spread
    return acceptability.interval_weights(
        np.maximum(vector * (1 - spread), 0), np.minimum(vector * (1 + spread), 1), seed=SEED
    )


def _value(
    candidate: Candidate, value: float, low: float, high: float, inputs: Sequence[Figure], register: Register
) -> Figure:
    return register.computed(
        f"use_case.{candidate.id}.value",
        None if np.isnan(value) else float(value),
        "score 0-100",
        inputs,
        "sum of weight x score; the ends with all scores at theirs",
        low=low,
        high=high,
    )


def _shares(
    row: int,
    candidate: Candidate,
    sure: Acceptability,
    shortlist_size: int,
    inputs: Sequence[Figure],
    register: Register,
) -> tuple[Figure, Figure, Figure]:
    first, prefix = sure.first_share[row], f"use_case.{candidate.id}"
    top = min(float(sure.rank_acceptability[row, :shortlist_size].sum()), 1.0)
    confidence = float(sure.confidence_factor[row])
    return (
        register.computed(
            f"{prefix}.first_share",
            first.value,
            "share",
            inputs,
            "share of draws in which it comes first; the ends say what more draws could change",
            low=first.low,
            high=first.high,
            n=sure.draws,
        ),
        register.computed(
            f"{prefix}.top_share",
            top,
            "share",
            inputs,
            f"share of draws in which it is among the first {shortlist_size}",
            n=sure.draws,
        ),
        register.computed(
            f"{prefix}.confidence_factor",
            None if math.isnan(confidence) else min(confidence, 1.0),
            "share",
            inputs,
            "share of the draws of scores in which it comes first at its central weights",
            n=sure.draws,
            reason=NEVER_FIRST,
        ),
    )


def _vetoed_value(candidate: Candidate, register: Register) -> Figure:
    return register.add(Figure(f"use_case.{candidate.id}.value", None, "score 0-100", reason="vetoed"))


def _by_rank(rows: list[RankedCandidate]) -> list[RankedCandidate]:
    """Return ranked candidates by rank, then the others by the middle of the range their value lies in.

    Ties are put in the order of their ids, so that the order of the client's file never decides.
    """

    def place(row: RankedCandidate) -> tuple[float, float, str]:
        middle = (row.value.low or 0.0) + (row.value.high or 0.0)
        return (math.inf, -middle, row.candidate.id) if row.rank is None else (row.rank, 0.0, row.candidate.id)

    return sorted(rows, key=place)
