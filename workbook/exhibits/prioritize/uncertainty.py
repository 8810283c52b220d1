"""How uncertain the candidates are: S-curves of their value, or the haircut in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workbook.exhibits.charts_lines import Line, Lines, LinesArtists, chart_lines, update_chart_lines
from workbook.exhibits.charts_rows import PairRow, Pairs, chart_dumbbell
from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.layout import Measure
from workbook.exhibits.prioritize.candidates import names_of, not_simulated, ordered, said
from workbook.exhibits.prioritize.common import use_case_name, writer_of
from workbook.exhibits.tables import missing_cell
from workbook.exhibits.writer import Writer
from workbook.methods.estimates import Estimate
from workbook.methods.simulation import Spread
from workbook.phases.figures import Figure
from workbook.phases.prioritize.result import PrioritizeResult
from workbook.phases.prioritize.uncertainty import DRAWS, Simulated

SHARE_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
PERCENTILES = ((0.1, "P10"), (0.5, "P50"), (0.9, "P90"))


def chart_s_curve(result: PrioritizeResult) -> Exhibit:
    """Return how likely each net present value is, by candidate; the haircut instead where risk is not simulated."""
    if result.finance is not None and result.finance.risk == "haircut":
        return _chart_haircut(result)
    write = writer_of(result)
    title, alt = s_curve_words(result)
    return chart_lines(
        s_curves(result),
        id="s-curve",
        title=title,
        alt=alt,
        caption=write.text("s_curve.caption", draws=write.formats.count(DRAWS), ranges=_ranges(result, write)),
        source=write.from_computation,
    )


def update_chart_s_curve(artists: LinesArtists, result: PrioritizeResult, spreads: Mapping[str, Spread]) -> None:
    """Move drawn S-curves to other spreads by candidate, as a control does; those left out stay as computed."""
    update_chart_lines(artists, s_curves(result, spreads))


def s_curves(result: PrioritizeResult, spreads: Mapping[str, Spread] | None = None) -> Lines:
    """Return the S-curves of the candidates as data; `spreads` take the place of those computed, for live use."""
    write, found = writer_of(result), simulated_of(result)
    shown = {id: each.spread for id, each in found.items()} | dict(spreads or {})
    return Lines(
        heading=write.text("candidates.columns.candidate"),
        lines=tuple(
            _s_curve(use_case_name(result, id), shown[id], found[id].p50.evidence, write)
            if id in found
            else Line(use_case_name(result, id), (), missing=not_simulated(result, id, write))
            for id in ordered(result)
        ),
        x=Measure(write.text("s_curve.x"), write.formats.money),
        y=Measure(write.text("s_curve.y"), write.whole_share, SHARE_TICKS),
        columns=(*(name for _, name in PERCENTILES), write.text("s_curve.loss")),
        listed=4,
        levels=PERCENTILES,
    )


def s_curve_words(result: PrioritizeResult) -> tuple[str, str]:
    """Return title and alternative text of the S-curves."""
    write, found = writer_of(result), simulated_of(result)
    title = _s_curve_title(result, found, write)
    told = [_told(result, id, each, write) for id, each in found.items()]
    return title, " ".join([write.text("s_curve.alt"), *told]) if told else title


def simulated_of(result: PrioritizeResult) -> dict[str, Simulated]:
    """Return the simulations of the candidates that have one."""
    return {id: each for id in ordered(result) if (each := result.uncertainty[id].simulated)}


def _s_curve(name: str, spread: Spread, evidence: str | None, write: Writer) -> Line:
    """Return one S-curve with its percentiles and the chance of a loss."""

    def figure(estimate: Estimate, show: Callable[[float], str]) -> Cell:
        if estimate.value is None:
            return missing_cell(write.text("candidates.not_estimable"))
        return cell(show(estimate.value), value=estimate.value, mark=write.mark(evidence))

    found = (spread.p10, spread.p50, spread.p90)
    levels = zip(found, PERCENTILES, strict=True)
    marks = tuple((each.value, level) for each, (level, _) in levels if each.value is not None)
    figures = (*(figure(each, lambda value: write.formats.money(value, evidence)) for each in found),
               figure(spread.loss, write.whole_share))  # fmt: skip
    return Line(name, spread.curve, marks, figures)


def _loss(found: Simulated, write: Writer) -> str:
    return write.whole_share(found.loss.value or 0.0)


def _told(result: PrioritizeResult, id: str, found: Simulated, write: Writer) -> str:
    spread = {name.lower(): said(getattr(found, name.lower()), write) for _, name in PERCENTILES}
    return write.text("s_curve.told", name=use_case_name(result, id), loss=_loss(found, write), **spread)


def _s_curve_title(result: PrioritizeResult, found: dict[str, Simulated], write: Writer) -> str:
    """Return for whom a loss is least and most likely."""
    if not found:
        return write.text("s_curve.title_none")
    shares = {id: each.loss.value or 0.0 for id, each in found.items()}
    least, most = min(shares, key=lambda id: shares[id]), max(shares, key=lambda id: shares[id])
    words = {
        "name": use_case_name(result, least),
        "share": _loss(found[least], write),
        "other": use_case_name(result, most),
        "other_share": _loss(found[most], write),
        "p50": said(found[least].p50, write),
    }
    if len(found) == 1:
        return write.text("s_curve.title_one", **words)
    # two chances are told apart only where the number of draws tells them apart
    if (found[least].loss.high or 0.0) < (found[most].loss.low or 0.0):
        return write.text("s_curve.title", **words)
    if words["share"] != words["other_share"]:
        words["share"] = write.text("s_curve.from_to", low=words["share"], high=words["other_share"])
    return write.text("s_curve.title_same", n=len(found), **words)


def _ranges(result: PrioritizeResult, write: Writer) -> str:
    finance = result.finance
    if finance is None:
        return write.text("candidates.no_finance")
    return write.text(
        "s_curve.ranges",
        shape=write.text(f"s_curve.shape_{finance.shape}"),
        ends=write.text(f"s_curve.ends_{finance.ranges}"),
        correlations=write.text("s_curve.correlations", n=len(finance.correlations)),
    )


# --- haircut ---------------------------------------------------------------------------------------------------------


def _chart_haircut(result: PrioritizeResult) -> Exhibit:
    """Return the net present value before and after the haircut, where risk is not simulated."""
    write, ids = writer_of(result), ordered(result)
    adjusted = {id: each.npv for id in ids if (each := result.uncertainty[id].adjusted)}
    data = Pairs(
        heading=write.text("candidates.columns.candidate"),
        rows=tuple(
            PairRow(
                use_case_name(result, id), result.values[id].npv.value, adjusted[id].value if id in adjusted else None
            )
            for id in ids
        ),
        first=write.text("haircut.before"),
        second=write.text("haircut.after"),
        measure=Measure(write.text("haircut.x"), write.formats.money),
        missing=write.text("candidates.not_estimable"),
    )
    title = _haircut_title(result, adjusted, write)
    told = [
        write.text(
            "haircut.told", name=use_case_name(result, id), before=said(result.values[id].npv, write),
            after=said(npv, write),
        )
        for id, npv in adjusted.items()
    ]  # fmt: skip
    return chart_dumbbell(
        data,
        id="haircut",
        title=title,
        alt=" ".join([write.text("haircut.alt"), *told]) if told else title,
        caption=write.text("haircut.caption", **_cuts(result, write)),
        source=write.from_computation,
    )


def _cuts(result: PrioritizeResult, write: Writer) -> dict[str, str]:
    haircut = result.finance.haircut if result.finance else None
    assert haircut is not None
    return {
        "down": write.formats.share(haircut.benefits_down.value, haircut.benefits_down.evidence),
        "up": write.formats.share(haircut.costs_up.value, haircut.costs_up.evidence),
    }


def _haircut_title(result: PrioritizeResult, adjusted: dict[str, Figure], write: Writer) -> str:
    """Return who still pays after the haircut."""
    if not adjusted:
        return write.text("haircut.title_none")
    paying = [id for id, npv in adjusted.items() if (npv.value or 0.0) >= 0]
    words: dict[str, object] = {"n": len(paying), "all": len(adjusted), "names": names_of(result, paying, write)}
    if len(adjusted) == 1:
        (id,) = adjusted
        words |= {"names": use_case_name(result, id), "value": said(adjusted[id], write)}
        return write.text("haircut.title_one_pays" if paying else "haircut.title_one_loses", **words)
    return write.text("haircut.title_all" if len(paying) == len(adjusted) else "haircut.title", **words)
