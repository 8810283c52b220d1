"""Checking a client before anything is run: parameters, what the framework knows, and the data files themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

from workbook.engagement.check_sources import source_faults
from workbook.engagement.check_weights import weighting_faults
from workbook.engagement.faults import Fault, FaultsError, listed, shorten
from workbook.engagement.load import Engagement, load_engagement
from workbook.engagement.values import LARGEST

# Codes that people write and ISO 3166 does not know.
_MISTAKEN_COUNTRIES = {"UK": "GB", "EL": "GR"}
_NO_COUNTRIES = ("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ")


def check_client(client: str, parameters: Path, as_of: dt.date | str | None = None) -> Engagement:
    """Return the engagement of a client without a fault.

    Raises FaultsError with all faults: of the parameters if there are any, else of what the parameters describe.
    """
    engagement = load_engagement(client, parameters, as_of)
    faults = [
        *_locale_faults(engagement),
        *_process_faults(engagement),
        *weighting_faults(engagement),
        *source_faults(engagement),
    ]
    if faults:
        raise FaultsError(faults)
    return engagement


def check_clients(clients: Iterable[str], parameters: Path) -> list[Fault]:
    """Return the faults of all clients, by client, file and line."""
    faults: list[Fault] = []
    for client in clients:
        try:
            check_client(client, parameters)
        except FaultsError as error:
            faults += error.faults
    return faults


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
        Locale.parse(identifier)
    except (UnknownLocaleError, ValueError):
        return False
    return True


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
    kinds = {source.id: source.kind for source in assess.data_sources} if assess else {}
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
