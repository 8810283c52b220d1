"""The data of the fictional clients are what their README pages say they are."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from demo_data import BRAUER, NORRHAVEN, PARAMETERS, read_rows, script

from workbook.engagement.load import load_engagement

# Of the published log's text, before its dates were moved.
PUBLISHED_INCIDENTS = "cf6e909fa14592aa6b6e36d1dfa91e76441a6c1a07389c47002f47dfd9056381"


@pytest.mark.parametrize("client", ["norrhaven", "brauer-logistik"])
def test_a_committed_client_loads_without_a_fault(client: str) -> None:
    engagement = load_engagement(client, PARAMETERS)
    assert engagement.assess is not None
    assert engagement.technology is not None
    assert engagement.compliance is not None
    assert engagement.prioritize is not None


def test_the_invoice_files_are_what_the_generator_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(NORRHAVEN, "make_invoices", monkeypatch).make_invoices(tmp_path)
    for name in ("supplier_invoices.csv", "supplier_invoice_records.csv"):
        assert (tmp_path / name).read_bytes() == (NORRHAVEN / name).read_bytes()


def test_the_register_of_letters_is_what_the_generator_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(NORRHAVEN, "make_letters", monkeypatch).make_letters(tmp_path)
    name = "correspondence_records.csv"
    assert (tmp_path / name).read_bytes() == (NORRHAVEN / name).read_bytes()


def test_the_files_of_the_pilot_are_what_the_generator_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(NORRHAVEN, "make_pilot", monkeypatch).make_pilot(tmp_path)
    for name in ("pilot_replies.csv.gz", "pilot_usability.csv"):
        # The text, since compression may differ between versions of the library.
        assert read_rows(tmp_path / name) == read_rows(NORRHAVEN / name)


def test_another_seed_makes_other_invoices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = script(NORRHAVEN, "make_invoices", monkeypatch)
    generator.make_invoices(tmp_path, seed=1, count=40)
    first = (tmp_path / "supplier_invoices.csv").read_bytes()
    generator.make_invoices(tmp_path, seed=2, count=40)
    assert (tmp_path / "supplier_invoices.csv").read_bytes() != first


def test_the_invoice_log_holds_what_was_planted() -> None:
    rows = read_rows(NORRHAVEN / "supplier_invoices.csv")
    activities: dict[str, set[str]] = {}
    for row in rows:
        activities.setdefault(row["invoice"], set()).add(row["activity"])
    received = [seen for seen in activities.values() if "Receive invoice" in seen]
    posted = sum("Post for payment" in seen for seen in received)
    looped = sum(bool(seen & {"Clarify with supplier", "Return for correction"}) for seen in received)
    assert len(activities) == 6001  # 6,000 invoices and the rows that lost their number
    assert 0.01 < 1 - posted / len(received) < 0.03
    assert 0.16 < looped / len(received) < 0.22
    assert 0.004 < 1 - len({tuple(row.values()) for row in rows}) / len(rows) < 0.008


def test_moved_back_by_413_weeks_the_incident_log_is_the_published_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "back.csv.gz"
    script(NORRHAVEN, "prepare", monkeypatch).shift_incidents(
        NORRHAVEN / "incident_event_log.csv.gz", target, weeks=-413
    )
    assert hashlib.sha256(gzip.decompress(target.read_bytes())).hexdigest() == PUBLISHED_INCIDENTS


def test_the_incident_log_runs_from_january_2024_to_january_2025() -> None:
    rows = read_rows(NORRHAVEN / "incident_event_log.csv.gz")
    assert len(rows) == 141_712
    assert len({row["number"] for row in rows}) == 24_918
    assert rows[0]["opened_at"] == "29/1/2024 01:16"
    assert "18/1/2025 15:00" in {row["sys_updated_at"] for row in rows}


def test_shifting_keeps_the_way_dates_are_written_and_leaves_missing_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = "number,opened_at,sys_updated_at,resolved_at,closed_at,priority\n"
    original = tmp_path / "original.csv.gz"
    original.write_bytes(gzip.compress((header + "INC1,28/2/2016 23:59,29/2/2016 00:05,?,7/3/2016 12:00,?\n").encode()))
    script(NORRHAVEN, "prepare", monkeypatch).shift_incidents(original, tmp_path / "moved.csv.gz", weeks=1)
    moved = gzip.decompress((tmp_path / "moved.csv.gz").read_bytes()).decode()
    assert moved == header + "INC1,6/3/2016 23:59,7/3/2016 00:05,?,14/3/2016 12:00,?\n"


def test_the_service_requests_are_the_published_sample() -> None:
    rows = read_rows(NORRHAVEN / "nyc311_sample.csv.gz")
    assert len({row["unique_key"] for row in rows}) == len(rows) == 1000
    assert sum(row["closed_date"] == "" for row in rows) == 708
    assert min(row["created_date"] for row in rows).startswith("2024-04-15")


def test_the_hospital_register_differs_from_its_verified_copy_in_509_cells() -> None:
    pairs = zip(read_rows(NORRHAVEN / "hospital_dirty.csv"), read_rows(NORRHAVEN / "hospital_clean.csv"), strict=True)
    differing = [sum(dirty[column] != clean[column] for column in dirty) for dirty, clean in pairs]
    assert sum(differing) == 509
    assert sum(count > 0 for count in differing) == 407


def test_the_orders_and_claims_are_what_the_generator_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(BRAUER, "prepare", monkeypatch).make_files(tmp_path)
    for name in ("auftraege.csv", "schadenfaelle.csv"):
        assert (tmp_path / name).read_bytes() == (BRAUER / name).read_bytes()


def test_the_orders_are_written_as_a_german_spreadsheet_writes_them() -> None:
    text = (BRAUER / "auftraege.csv").read_bytes().decode("windows-1252")
    assert "Stellplätze;Gewicht kg" in text.splitlines()[0]
    assert "Nürnberg" in text
    with pytest.raises(UnicodeDecodeError):
        (BRAUER / "auftraege.csv").read_bytes().decode("utf-8")


@pytest.mark.parametrize("folder", [NORRHAVEN, BRAUER], ids=["norrhaven", "brauer-logistik"])
def test_each_data_file_is_named_in_the_readme_beside_it(folder: Path) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    unnamed = [path.name for path in folder.iterdir() if path.is_file() and f"`{path.name}`" not in readme]
    assert unnamed == ["README.md"]
