"""Checking a client before anything is run: parameters, what the framework knows, and the data files themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from workbook.engagement.check_pilot import pilot_faults
from workbook.engagement.check_prioritize import prioritize_faults
from workbook.engagement.check_sources import source_faults
from workbook.engagement.check_weights import weighting_faults
from workbook.engagement.faults import Fault, FaultsError, listed, shorten
from workbook.engagement.load import MODELS, Engagement, later_values, load_engagement
from workbook.engagement.values import LARGEST
from workbook.framework import load_framework

# Codes that people write and ISO 3166 does not know.
_MISTAKEN_COUNTRIES = {"UK": "GB", "EL": "GR"}
_AS_DECIDED = "see that the decision is recorded as it was taken"
_NO_COUNTRIES = ("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ")


def check_client(client: str, parameters: Path, as_of: dt.date | str | None = None) -> Engagement:
    """Return the engagement of a client without a fault, with what is to be noted.

    Raises FaultsError with all faults: of the parameters if there are any, else of what the parameters describe.
    """
    engagement = load_engagement(client, parameters, as_of)
    # What is written of the later phases must agree, whatever of it is known on another day.
    written = engagement if as_of is None else load_engagement(client, parameters)
    faults = [
        # On another day than the client's own, a file may well be one that did not exist yet.
        *(_lost_file_faults(engagement) if as_of is None else ()),
        *agreement_faults(engagement, written),
        *source_faults(engagement),
    ]
    if any(not fault.is_note for fault in faults):
        raise FaultsError(fault for fault in faults if not fault.is_note)
    return replace(engagement, notes=tuple(faults))


def agreement_faults(engagement: Engagement, written: Engagement) -> Iterator[Fault]:
    """Yield what the parameters say in contradiction to themselves or to the framework, and what is to be noted.

    `written` is the client on its own day: what is written of the later phases must agree on any.
    """
    yield from _locale_faults(engagement)
    yield from _process_faults(engagement)
    yield from _score_faults(engagement)
    yield from _screening_faults(engagement)
    yield from weighting_faults(engagement)
    yield from _gate_notes(engagement)
    yield from prioritize_faults(written)
    yield from pilot_faults(written)


def _lost_file_faults(engagement: Engagement) -> Iterator[Fault]:
    for name in engagement.documents.keys() - engagement.parts.keys():
        yield from later_values(engagement.documents[name], MODELS[name], engagement.as_of)


def _locale_faults(engagement: Engagement) -> Iterator[Fault]:
    """Country, currency and locale must be ones that numbers and amounts can be written in."""
    from babel import Locale
    from babel.numbers import get_territory_currencies, list_currencies

    client = engagement.client
    if client.country in _NO_COUNTRIES or client.country not in Locale("en").territories:
        remedy = f"write {_MISTAKEN_COUNTRIES.get(client.country, 'the code of the country')}"
        found = f"the unknown country {client.country}"
        yield engagement.fault(("client", "country"), found, "a code of ISO 3166, such as DE", remedy)
    if client.currency not in list_currencies():
        usual = get_territory_currencies(client.country)
        remedy = f"write {usual[0]}" if usual else "write the code of the currency"
        found = f"the unknown currency {client.currency}"
        yield engagement.fault(("client", "currency"), found, "a code of ISO 4217, such as EUR", remedy)
    if not _is_locale(client.locale):
        found, remedy = f"the unknown locale {client.locale}", _locale_remedy(client.locale, client.country)
        allowed = "a language, and a country where it is spoken, such as de_DE"
        yield engagement.fault(("client", "locale"), found, allowed, remedy)


def _is_locale(identifier: str) -> bool:
    from babel import Locale, UnknownLocaleError

    try:
        # An unknown country is passed over in silence, and that of the language is taken.
        return (Locale.parse(identifier).territory or "") == identifier.partition("_")[2]
    except (UnknownLocaleError, ValueError):
        return False


def _locale_remedy(identifier: str, country: str) -> str:
    from babel.localedata import locale_identifiers

    language = identifier.split("_")[0]
    alike = sorted(each for each in locale_identifiers() if each.split("_")[0] == language and len(each) == 5)
    if f"{language}_{country}" in alike:
        return f"write {language}_{country}"
    return f"write one of {listed(alike)}" if alike else "write one such as en_GB"


def _process_faults(engagement: Engagement) -> Iterator[Fault]:
    """Yield processes that name a table as their log, and yearly costs that are no amount."""
    assess = engagement.assess
    kinds = {source.id: source.kind for source in engagement.data_sources}
    for process in assess.processes if assess else ():
        place = ("assess", "processes", process.id)
        if process.measured_by is not None and kinds[process.measured_by] == "table":
            found = f"the source {process.measured_by}, whose kind is table"
            remedy = "correct the kind of the source, or delete measured_by"
            yield engagement.fault((*place, "measured_by"), found, "an event_log or a case_table", remedy)
        volume, cost = process.volume, process.cost_per_transaction
        if volume and cost and volume.value * cost.value > LARGEST:
            found = f"a yearly cost of {volume.value * cost.value:.0e} for {shorten(process.name)}"
            remedy = "correct the volume or the cost of one transaction"
            yield engagement.fault((*place, "volume"), found, f"yearly costs up to {LARGEST:.0e}", remedy)


def _gate_notes(engagement: Engagement) -> Iterator[Fault]:
    """Yield an approval of fewer or more use cases than the gate is meant for: people may decide so."""
    phases = load_framework(engagement.client.language).phases
    for name in ("assess", "prioritize"):
        gate, meant = getattr(engagement.client.gates, name), phases[name].gate
        fewest, most = meant.select_min or 0, meant.select_max or 0
        if gate and gate.decision == "approved" and not fewest <= len(gate.selected) <= most:
            place = ("client", "gates", name, *(["selected"] if gate.selected else []))
            found = f"{len(gate.selected)} use case{'' if len(gate.selected) == 1 else 's'} selected"
            allowed, remedy = f"{fewest} to {most}" if most > fewest else f"{most}", _AS_DECIDED
            yield replace(engagement.fault(place, found, allowed, remedy), is_note=True)


def _score_faults(engagement: Engagement) -> Iterator[Fault]:
    """Yield judged scores of criteria that are computed: they would be passed over."""
    criteria = load_framework(engagement.client.language).criteria
    judged = [id for id, criterion in criteria.items() if criterion.score_from == "judged"]
    for case in engagement.assess.use_cases if engagement.assess else ():
        for id in case.scores:
            if id not in judged:
                place = ("assess", "use_cases", case.id, "scores", id)
                found = f"a judged score for {id}, which is computed"
                yield engagement.fault(place, found, f"scores for {listed(judged)}", "delete it")


def _screening_faults(engagement: Engagement) -> Iterator[Fault]:
    """Yield second answers to one question on one use case: only one of the two can hold."""
    first: dict[tuple[str, str], int] = {}
    # The positions are those in the file, where nothing has been left out that is dated later.
    document = engagement.documents.get("compliance")
    for position, answer in enumerate(document.data.get("screening") or () if document else ()):
        asked = (answer["use_case"], answer["question"])
        earlier = first.setdefault(asked, position)
        if earlier != position:
            line = engagement.line_of(("compliance", "screening", earlier))
            found = f"a second answer to {asked[1]} for {asked[0]}; the first is at {line}"
            remedy = "keep the answer that holds, and delete the other"
            yield engagement.fault(("compliance", "screening", position), found, "one answer to each question", remedy)
