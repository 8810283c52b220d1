"""What the tests of the exhibits of Pilot share: tiny clients whose pilot has ended, and all exhibits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from exhibit_checks import HOSTILE, exhibits_of
from pilot_clients import PilotedClient, letters, piloted
from prioritize_clients import known

from workbook.exhibits import pilot as show
from workbook.exhibits.exhibit import Exhibit
from workbook.phases.pilot import PilotResult


def approved(folder: Path) -> PilotedClient:
    """Return the client whose pilot has ended, under a charter that was approved beforehand."""
    client = piloted(folder)
    client.approved()
    return client


def made(folder: Path, name: str) -> PilotResult:
    """Return the result of a client of `CLIENTS`."""
    return CLIENTS[name](folder / "tiny").result()


def exhibits(result: PilotResult) -> list[Exhibit]:
    """Return every exhibit of the notebook that there is for a result."""
    return list(exhibits_of(show, "03_pilot", result))


# --- clients ---------------------------------------------------------------------------------------------------------


def full(folder: Path) -> PilotedClient:
    """Say something about everything."""
    client = piloted(folder)
    phase = client.pilot
    phase["data_sources"] += [_table("answers"), _table("trials")]
    phase["checks"] = [
        {"id": "flow", "name": "Letters flow", "result": "passed", "on_production_data": "yes", "date": "2026-10-28"},
        {"id": "load", "name": "Load of all letters", "result": "not_run"},
        {"id": "split", "name": "Split", "result": "failed", "on_production_data": "no"},
    ]
    phase["versions"] = [
        {"name": "sorter 1", "first": "2026-11-02"},
        {"name": "sorter 2", "first": "2026-12-21", "change": "Newer lists"},
    ]
    phase["failure_modes"] = [
        {"id": "torn", "name": "Letter is torn", "severity": "low", "handling": "People sort it"},
        {"id": "blank", "name": "Letter is blank", "severity": "high", "is_edge_case": True},
    ]
    phase["acceptance"] = {
        "source": "answers", "answers": [f"q{n}" for n in range(1, 11)], "asked": 14, "group": "site"
    }  # fmt: skip
    phase["experiments"] = {
        "name": "Labels", "source": "trials", "test": "test", "arm": "arm", "shown": "shown", "successes": "hits",
        "period": "week", "baseline_arm": "a",
    }  # fmt: skip
    phase["spent"] = [{"line": "supplier", "amount": known(3600)}]
    phase["effort"] = [{"system": "erp", "days": known(3)}]
    phase["learnings"] = [{"text": "Paper tears", "kind": "process", "consequence": "Flatten it"}]
    phase["deviations"] = [{"what": "Parcels left out", "date": "2026-11-09", "reason": "Too large", "by": "ann"}]
    client.files |= {"data/answers.csv": _answers(), "data/trials.csv": _trials()}
    client.planned.tiny.client["gates"]["pilot"] = {
        "decision": "approved", "by": "ann", "date": "2027-02-01", "selected": ["post-sorting"], "note": "Go on"
    }  # fmt: skip
    client.approved()
    return client


def _table(id: str) -> dict[str, str]:
    return {
        "id": id, "name": id.title(), "kind": "table", "file": f"data/{id}.csv", "note": "Made for the test",
        "attribution": "Somebody, CC BY 4.0",
    }  # fmt: skip


def _answers() -> str:
    head = ",".join([*(f"q{n}" for n in range(1, 11)), "site"])
    rows = [",".join(["4", "2"] * 4 + ["5", str(1 + n % 3), "north" if n < 6 else "south"]) for n in range(12)]
    return "\n".join([head, *rows]) + "\n"


def _trials() -> str:
    rows = [
        (f"t{n}", arm, 1000 if arm == "a" or n else 1400, 50 + 3 * n * (arm == "b"), f"2026-11-{2 + n:02d}")
        for n in range(6)
        for arm in "ab"
    ]
    return "test,arm,shown,hits,week\n" + "".join(f"{','.join(map(str, row))}\n" for row in rows)


def unapproved(folder: Path) -> PilotedClient:
    """Let nobody approve the charter."""
    return piloted(folder)


def no_charter(folder: Path) -> PilotedClient:
    """Write no charter."""
    client = piloted(folder)
    del client.planned.prioritize["charter"]
    client.pilot["cases"]["outcomes"] = {}
    return client


def counts(folder: Path) -> PilotedClient:
    """Give counts by arm and week in place of cases."""
    client = approved(folder)
    lines = ["arm,week,cases,sorted,correct"]
    for n in range(12):
        day = dt.date(2026, 11, 2) + dt.timedelta(weeks=n)
        lines += [f"new,{day},17,12,15", f"old,{day},16,7,15"]
    client.with_counts(lines)
    return client


def before_after(folder: Path) -> PilotedClient:
    """Compare with the time before, as agreed."""
    client = piloted(folder)
    client.charter["design"] |= {"kind": "before_after", "looks": {"weeks": [12]}}
    client.pilot["looks"] = [{"date": "2027-01-25", "planned": True}]
    for row in client.rows:
        if row["arm"] == "old":
            row["day"] = str(dt.date.fromisoformat(row["day"]) - dt.timedelta(weeks=14))
    client.approved()
    return client


def empty_arm(folder: Path) -> PilotedClient:
    """Have no case without the pilot."""
    client = approved(folder)
    client.rows = [row for row in client.rows if row["arm"] == "new"]
    return client


def few(folder: Path) -> PilotedClient:
    """Have four cases in each arm."""
    client = approved(folder)
    client.rows = letters("new", 4, 3, 4, used=3, failed=2, back=1) + letters("old", 4, 2, 4)
    return client


def no_data(folder: Path) -> PilotedClient:
    """Bring no table, and say nothing of how it ran."""
    client = approved(folder)
    client.pilot = {"started": "2026-11-02"}
    client.rows = []
    return client


def stopped(folder: Path) -> PilotedClient:
    """Find nearly no effect in many cases, and decide to go on nevertheless, without saying why."""
    client = approved(folder)
    client.rows = letters("new", 800, 370, 720, used=600) + letters("old", 800, 360, 720)
    client.planned.tiny.client["gates"]["pilot"] = {"decision": "approved", "by": "ann", "date": "2027-02-01"}
    return client


def iterating(folder: Path) -> PilotedClient:
    """Find an effect of the size wanted in too few cases."""
    client = approved(folder)
    client.rows = letters("new", 60, 38, 54, used=45) + letters("old", 60, 27, 54)
    return client


def suspect(folder: Path) -> PilotedClient:
    """Have arms whose sizes are not chance."""
    client = approved(folder)
    client.rows = letters("new", 300, 210, 270, used=200) + letters("old", 200, 90, 180)
    return client


def unplanned(folder: Path) -> PilotedClient:
    """Look once too often."""
    client = approved(folder)
    client.pilot["looks"].insert(1, {"date": "2027-01-04", "planned": False, "note": "Curious"})
    return client


def changed(folder: Path) -> PilotedClient:
    """Ask for less than was approved, and rename a criterion."""
    client = approved(folder)
    client.charter["criteria"][0] |= {"worthwhile": known(0.5), "name": "Sorted at once"}
    client.charter["budget"][0]["amount"] = known(9000)
    return client


def staggered(folder: Path) -> PilotedClient:
    """Let half of the teams begin in the ninth week."""
    client = piloted(folder)
    client.with_stages()
    return client


def series(folder: Path) -> PilotedClient:
    """Have one series of levels, before and after."""
    client = piloted(folder)
    client.with_series()
    return client


def hostile(folder: Path) -> PilotedClient:
    """Give everything that has a name one that would do harm if it were not escaped."""
    client, names = full(folder), iter(HOSTILE * 20)
    for part in ("checks", "versions", "failure_modes", "data_sources"):
        for each in client.pilot[part]:
            each["name"] = next(names)
    for each in client.planned.tiny.assess["use_cases"]:
        each["name"] = next(names)
    for each in client.charter["criteria"]:
        each["name"] = next(names)
    client.pilot["fallback"]["description"] = client.pilot["learnings"][0]["text"] = next(names)
    client.pilot["deviations"][0] |= {"what": next(names), "reason": next(names)}
    client.pilot["looks"][0]["note"] = client.charter["metric"] = next(names)
    client.files["data/trials.csv"] = client.files["data/trials.csv"].replace("t0", "<b>t0</b>")
    client.files["data/answers.csv"] = client.files["data/answers.csv"].replace("north", "<i>north</i>")
    client.approved_again()
    return client


CLIENTS: dict[str, Callable[[Path], PilotedClient]] = {
    "complete": approved, "full": full, "unapproved": unapproved, "no_charter": no_charter, "counts": counts,
    "before_after": before_after, "empty_arm": empty_arm, "few": few, "no_data": no_data, "stopped": stopped,
    "iterating": iterating, "suspect": suspect, "unplanned": unplanned, "changed": changed, "staggered": staggered,
    "series": series, "hostile": hostile,
}  # fmt: skip
