"""The appendix: inputs with evidence and line, conventions, correlations, outside figures, definitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from workbook.engagement.schema_prioritize import Finance
from workbook.exhibits.benchmarks import benchmark_rows, benchmarks_of, figure_row
from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.prioritize.candidates import LONGEST_NAME, entry, in_unit, input_name
from workbook.exhibits.prioritize.common import DASH, table_of, use_case_name, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.framework.entries import Parameter, Sourced
from workbook.methods.distributions import PERT_MAXIMUM_ERROR
from workbook.phases.assess.ranking import SEED
from workbook.phases.figures import Figure
from workbook.phases.prioritize.cases import CaseLines, Input
from workbook.phases.prioritize.result import PrioritizeResult
from workbook.phases.prioritize.uncertainty import DRAWS

DEFINITIONS = (
    "npv", "roi", "irr", "payback", "time_to_value", "cashable", "capacity", "go", "worthwhile", "guardrail", "look",
    "grade",
)  # fmt: skip


def table_case_inputs(result: PrioritizeResult) -> Exhibit:
    """Return every input of the business cases with its range, its evidence and the line it stands on."""
    write, inputs = writer_of(result), list(_inputs(result))
    rows: list[list[Entry]] = [
        [
            write.text("case_inputs.several") if users > 1 else use_case_name(result, case.id),
            *_input_row(each, case, result),
        ]
        for case, each, users in inputs
    ]
    return table_of(
        write,
        "case-inputs",
        _inputs_title([each.figure for _, each, _ in inputs], write),
        write.columns("case_inputs", "use_case", "input", "low", "likely", "high", "source",
                      right=("low", "likely", "high"), widths=(1.7, 2.6, 1.2, 1.6, 1.2, 3.2)),
        rows,
        write.from_parameters,
        orientation="landscape",
    )  # fmt: skip


def _inputs_title(figures: list[Figure], write: Writer) -> str:
    """Say how many inputs are missing, or else on what evidence they rest."""
    if not figures:
        return write.text("case_inputs.title_none")
    missing = sum(not figure.is_known for figure in figures)
    if missing:
        return write.text("case_inputs.title_missing", n=missing, all=len(figures))
    evidence = Counter(figure.evidence for figure in figures)
    measured, assumed = evidence["measured"], evidence["assumed"] + evidence[None]
    stated = len(figures) - measured - assumed
    return write.text("case_inputs.title", all=len(figures), measured=measured, stated=stated, assumed=assumed)


def _inputs(result: PrioritizeResult) -> Iterator[tuple[CaseLines, Input, int]]:
    """Yield each input once, those of several candidates first, with the number of candidates that share it."""
    cases = result.cases.values()
    names = dict.fromkeys(name for case in cases for name in case.inputs)
    users = {name: [case for case in cases if name in case.inputs] for name in names}
    for name, sharing in sorted(users.items(), key=lambda item: len(item[1]) < 2):
        yield sharing[0], sharing[0].inputs[name], len(sharing)


def _input_row(each: Input, case: CaseLines, result: PrioritizeResult) -> list[Entry]:
    write, figure = writer_of(result), each.figure
    ends = [DASH if end is None else in_unit(end, figure, write) for end in (figure.low, figure.high)]
    likely = entry(figure, write)
    return [input_name(each.name, case, result, write, LONGEST_NAME), ends[0], likely, ends[1], _origin(figure, write)]


def _origin(figure: Figure, write: Writer) -> str:
    """Return the file and line of an input, or that Assess has measured or computed it."""
    return figure.source or write.text("case_inputs.from_assess", figure=figure.id)


# --- conventions -----------------------------------------------------------------------------------------------------


def table_conventions(result: PrioritizeResult) -> Exhibit:
    """Return by which conventions all candidates are valued, and what each of them means."""
    write, finance = writer_of(result), result.finance
    rows = [] if finance is None else list(_conventions(result, finance, write))
    key = "title" if rows else "title_none"
    columns = write.columns("prioritize_conventions", "convention", "value", "meaning", widths=(1.2, 1.3, 3.5))
    title = write.text(f"prioritize_conventions.{key}")
    return table_of(write, "prioritize-conventions", title, columns, rows, write.from_parameters)


def _conventions(result: PrioritizeResult, finance: Finance, write: Writer) -> Iterator[list[Entry]]:
    rate, words = finance.discount_rate, _Words(write)
    yield words.row("start", words.choice("start", "undiscounted"))
    yield words.row("years", write.text("prioritize_conventions.years", n=finance.years))
    yield words.row("flows", words.choice("flows", finance.flows))
    yield words.row("timing", words.choice("timing", finance.timing))
    shown = write.formats.share(rate.value, rate.evidence)
    yield words.row("rate", cell(shown, value=rate.value, mark=write.mark(rate.evidence)))
    yield words.row("prices", words.choice("prices", finance.price_base))
    yield words.row("risk", words.choice("risk", finance.risk))
    yield words.row("ranges", words.choice("ranges", finance.ranges))
    error = write.formats.share(PERT_MAXIMUM_ERROR, decimals=4)
    yield words.row("shape", words.choice("shape", finance.shape), key=f"shape_{finance.shape}", error=error)
    if finance.risk == "simulation":
        draws = write.formats.count(DRAWS)
        yield words.row("draws", write.text("prioritize_conventions.draws", n=DRAWS, draws=draws), seed=SEED)
    for name, value in (("day_rate", finance.day_rate), ("hurdle", finance.hurdle)):
        money = DASH if value is None else write.formats.money(value.value, value.evidence)
        mark = None if value is None else write.mark(value.evidence)
        yield words.row(name, missing_cell(write.not_provided) if value is None else cell(money, value.value, mark))
    yield words.row("work", words.choice("work", "start"))


class _Words:
    """The rows of the conventions in words."""

    def __init__(self, write: Writer) -> None:
        self.write = write

    def choice(self, convention: str, chosen: str) -> str:
        return self.write.text(f"prioritize_conventions.choices.{convention}_{chosen}")

    def row(self, convention: str, value: str | Cell, *, key: str | None = None, **words: object) -> list[Entry]:
        return [
            self.write.text(f"prioritize_conventions.names.{convention}"),
            value,
            self.write.text(f"prioritize_conventions.meanings.{key or convention}", **words),
        ]


def table_correlations(result: PrioritizeResult) -> Exhibit | None:
    """Return the inputs said to move together, and what is taken as independent; None where nothing is drawn."""
    write, finance = writer_of(result), result.finance
    if finance is None or finance.risk != "simulation":
        return None
    stated = finance.correlations
    rows: list[list[Entry]] = [
        [
            *(_named(name, result, write) for name in each.between),
            cell(write.formats.fixed(each.rank, 2), value=each.rank),
            each.source or missing_cell(write.not_provided),
        ]
        for each in stated
    ]
    return table_of(
        write,
        "correlations",
        write.text("correlations.title", n=len(rows)),
        write.columns("correlations", "one", "other", "rank", "source", right=("rank",), widths=(2, 2, 0.9, 2)),
        rows,
        write.from_parameters,
        empty=write.text("common.none"),
    )


def _named(name: str, result: PrioritizeResult, write: Writer) -> str:
    """Return an input with the candidate it belongs to."""
    case = next((case for case in result.cases.values() if name in case.inputs), None)
    if case is None:
        return name
    words = input_name(name, case, result, write, LONGEST_NAME)
    return f"{use_case_name(result, case.id)}: {words}" if name.startswith(f"{case.id}.") else words


# --- outside figures and words ---------------------------------------------------------------------------------------


def table_benchmarks(result: PrioritizeResult) -> Exhibit:
    """Return the figures of the guide that this phase uses, and the published ones beside them."""
    write, framework = writer_of(result), result.framework
    kinds = dict.fromkeys(case.case.time_to_value for case in result.cases.values() if case.case.time_to_value)
    parts: dict[str, tuple[Sourced, Parameter]] = {
        f"time_to_value.{kind}": (framework.time_to_value[kind], framework.time_to_value[kind].parameters["months"])
        for kind in kinds
    }
    pilot, integration = framework.phases["pilot"], framework.integration
    buy, sponsor = framework.technology.sourcing["buy"], framework.failure_patterns["wrong_sponsor"]
    parts |= {
        "integration": (integration, integration.parameters["effort_share"]),
        "phases.pilot": (pilot, pilot.parameters["weeks_minimum"]),
        "technology.sourcing.buy": (buy, buy.parameters["share"]),
        "failure_patterns.wrong_sponsor": (sponsor, sponsor.parameters["it_only_failure_ratio"]),
    }
    rows = [
        figure_row(write, _guide_words(key, figure, write), figure, part.source[0], part.support)
        for key, (part, figure) in parts.items()
    ]
    neighbours = dict.fromkeys(id for part, _ in parts.values() for id in part.neighbours)
    published = [framework.benchmarks[id] for id in (*neighbours, "it_cost_overruns")]
    return benchmarks_of(write, rows + benchmark_rows(write, published))


def _guide_words(key: str, figure: Parameter, write: Writer) -> str:
    """Return what a figure of the guide counts, after the kind of use where it is of one kind only."""
    words = write.framework.text(f"{key}.parameters.{figure.id}.name")
    if key.startswith("time_to_value."):
        return f"{write.framework.text(f'{key}.name')}: {words}"
    return f"{words[0].upper()}{words[1:]}"


def table_definitions(result: PrioritizeResult) -> Exhibit:
    """Return what the words of the business cases and of the charter mean."""
    write = writer_of(result)
    rows = [[write.text(f"prioritize_definitions.{part}.{id}") for part in ("names", "meanings")] for id in DEFINITIONS]
    columns = write.columns("prioritize_definitions", "word", "meaning", widths=(1, 4))
    title = write.text("prioritize_definitions.title")
    return table_of(write, "prioritize-definitions", title, columns, rows, write.from_framework)
