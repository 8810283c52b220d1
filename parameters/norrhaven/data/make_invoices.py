"""Make the supplier invoices of the fictional client Norrhaven Services SE: an invented customer, seeded.

    python make_invoices.py

Invoices queue for clerks who serve this customer in one window a day, first come first served; approvers and suppliers
take their time. The event log holds what happened, the records what was entered.
"""

from __future__ import annotations

import argparse
import datetime as dt
import heapq
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from random import Random

from made_data import (
    OFFICE,
    Percentiles,
    after_office_hours,
    at,
    choose,
    draw,
    is_workday,
    kept,
    next_within,
    write_csv,
)

HERE = Path(__file__).resolve().parent
EVENT_FILE = "supplier_invoices.csv"
RECORD_FILE = "supplier_invoice_records.csv"
SEED = 20250120
INVOICES = 6000

FIRST_DAY = dt.date(2024, 7, 1)
LAST_DAY = dt.date(2025, 1, 17)
EXTRACTED = dt.datetime(2025, 1, 20)
# The first five days of a month bring more invoices than the rest.
MONTH_START_LOAD = 1.7
CHANNELS = (("email", 0.61), ("e-invoice", 0.24), ("paper", 0.15))

# Each clerk serves this customer in one window a day and other customers otherwise: minutes after midnight.
CLERKS = {
    "clerk-01": (480, 580),
    "clerk-02": (480, 580),
    "clerk-03": (540, 640),
    "clerk-04": (600, 700),
    "clerk-05": (690, 790),
    "clerk-06": (780, 880),
    "clerk-07": (870, 970),
}
MAILROOM = ("mailroom-01", "mailroom-02")
APPROVERS = tuple(f"approver-{number:02}" for number in range(1, 25))

# Minutes of work, by activity, when a person does it.
MINUTES: dict[str, Percentiles] = {
    "Receive invoice": ((0, 1), (0.5, 2), (0.9, 4), (1, 7)),
    "Capture data": ((0, 2), (0.5, 6), (0.8, 9), (0.95, 14), (1, 25)),
    "Match to order": ((0, 2), (0.5, 5), (0.8, 9), (0.95, 16), (1, 30)),
    "Clarify with supplier": ((0, 5), (0.5, 14), (0.8, 22), (0.95, 38), (1, 60)),
    "Approve invoice": ((0, 1), (0.5, 3.5), (0.8, 6), (0.95, 11), (1, 20)),
    "Return for correction": ((0, 2), (0.5, 4), (0.9, 8), (1, 15)),
    "Post for payment": ((0, 1), (0.5, 2.5), (0.9, 5), (1, 9)),
}
# Working hours until an approver acts, and hours by the clock until a supplier answers.
APPROVAL_DELAY: Percentiles = ((0, 0.2), (0.5, 11), (0.8, 31), (0.95, 66), (0.99, 120), (1, 180))
SUPPLIER_DELAY: Percentiles = ((0, 3), (0.5, 70), (0.8, 168), (0.95, 340), (1, 700))
GROSS_AMOUNT: Percentiles = ((0, 18), (0.25, 140), (0.5, 620), (0.75, 2400), (0.95, 14500), (1, 98000))

# Euros: fully loaded rates per minute, and tooling per event.
CLERK_RATE, APPROVER_RATE = 0.52, 1.05
TOOLING = {"Receive invoice": 0.22, "Capture data": 0.46, "Match to order": 0.18, "Post for payment": 0.31}

DIFFERENCE_SHARE = 0.20
RETURN_SHARE = 0.095
SECOND_LOOP_SHARE = 0.14
NEVER_ANSWERED_SHARE = 0.06
REPEATED_ROW_SHARE = 0.006
SENT_TWICE_SHARE = 0.013
UNREADABLE_ROWS = 14


@dataclass(frozen=True, slots=True)
class Step:
    """One activity on an invoice's way: who does it is `system:<account>`, clerk, mailroom or approver."""

    activity: str
    worker: str


@dataclass(slots=True)
class Invoice:
    """An invoice, the way it will take, and when it was received, captured and posted."""

    id: str
    supplier: int
    reference: str
    channel: str
    received: dt.datetime
    invoice_date: dt.date
    due: dt.date
    gross: int
    ordered: bool
    cost_centre: int
    approver: str
    route: list[Step] = field(default_factory=list)
    captured: dt.datetime | None = None
    posted: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the event log before it is written; costs in cents."""

    invoice: str
    activity: str
    start: dt.datetime
    complete: dt.datetime
    resource: str
    cents: int


def make_invoices(folder: Path, seed: int = SEED, count: int = INVOICES) -> None:
    """Write the event log and the table of invoice records to `folder`; the same seed gives the same bytes."""
    random = Random(seed)
    invoices = [_invoice(number, received, random) for number, received in enumerate(_receipts(count, random), start=1)]
    for invoice in invoices:
        invoice.route = _route(invoice, random)
    events = [event for event in _worked_off(invoices, random) if event.complete < EXTRACTED]
    _note_dates(invoices, events)
    write_csv(folder / EVENT_FILE, EVENT_COLUMNS, _event_rows(invoices, events, random))
    write_csv(folder / RECORD_FILE, RECORD_COLUMNS, _record_rows(invoices, random))


def _receipts(count: int, random: Random) -> list[dt.datetime]:
    """Return `count` moments of arrival in order, on working days, more of them at the start of a month."""
    days = [FIRST_DAY + dt.timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    workdays = [day for day in days if is_workday(day)]
    load = list(accumulate(MONTH_START_LOAD if day.day <= 7 else 1.0 for day in workdays))
    # From seven in the morning to six in the evening.
    return sorted(
        at(workdays[bisect_left(load, random.random() * load[-1])], 420 + random.random() * 660) for _ in range(count)
    )


def _channel(random: Random) -> str:
    share = random.random()
    for name, weight in CHANNELS:
        share -= weight
        if share <= 0:
            return name
    return CHANNELS[-1][0]


def _invoice(number: int, received: dt.datetime, random: Random) -> Invoice:
    invoice_date = received.date() - dt.timedelta(days=1 + int(random.random() * random.random() * 12))
    # Squaring favours the first suppliers: a few send most of the invoices.
    supplier = 1 + int(random.random() * random.random() * 340)
    centre = 1 + int(random.random() * 24)
    return Invoice(
        id=f"INV-{number:05}",
        supplier=supplier,
        reference=f"{invoice_date:%y%m}-{supplier:03}-{int(random.random() * 9000) + 1000}",
        channel=_channel(random),
        received=received,
        invoice_date=invoice_date,
        due=invoice_date + dt.timedelta(days=14 if random.random() < 0.35 else 30),
        gross=int(draw(GROSS_AMOUNT, random) * 100),
        ordered=random.random() < 0.62,
        cost_centre=4100 + 10 * centre,
        approver=APPROVERS[centre - 1],
    )


def _route(invoice: Invoice, random: Random) -> list[Step]:
    """Return the steps of an invoice: receipt, capture, match, approval, posting, with the loops of rework."""
    electronic = invoice.channel == "e-invoice"
    receive = Step("Receive invoice", "mailroom" if invoice.channel == "paper" else "system:sys-mailbox")
    read_by_machine = electronic or (invoice.channel == "email" and random.random() < 0.22)
    route = [receive, Step("Capture data", "system:sys-capture" if read_by_machine else "clerk")]
    matched_by_machine = invoice.ordered and read_by_machine and random.random() < 0.74
    if invoice.ordered:
        route.append(Step("Match to order", "system:sys-match" if matched_by_machine else "clerk"))
    if invoice.ordered and not matched_by_machine and random.random() < DIFFERENCE_SHARE / 0.76:
        route += _clarification(random)
        if random.random() < NEVER_ANSWERED_SHARE:
            return route[:-1]
    small = invoice.gross < 150_000
    route += _approval("system:sys-workflow" if matched_by_machine and small else "approver", random)
    route.append(Step("Post for payment", "system:sys-erp" if matched_by_machine else "clerk"))
    return route


def _clarification(random: Random) -> list[Step]:
    loop = [Step("Clarify with supplier", "clerk"), Step("Match to order", "clerk")]
    return loop * (2 if random.random() < SECOND_LOOP_SHARE else 1)


def _approval(worker: str, random: Random) -> list[Step]:
    approve = Step("Approve invoice", worker)
    if worker != "approver" or random.random() >= RETURN_SHARE:
        return [approve]
    loop = [Step("Return for correction", "approver"), Step("Capture data", "clerk")]
    return loop * (2 if random.random() < SECOND_LOOP_SHARE else 1) + [approve]


def _worked_off(invoices: Sequence[Invoice], random: Random) -> Iterator[Event]:
    """Let each step take the first free clerk, first come first served; people other than clerks have their delays."""
    waiting = [(invoice.received, number, 0) for number, invoice in enumerate(invoices)]
    heapq.heapify(waiting)
    free = dict.fromkeys(CLERKS, dt.datetime.min)
    while waiting:
        ready, number, position = heapq.heappop(waiting)
        invoice = invoices[number]
        event = _performed(invoice, invoice.route[position], ready, free, random)
        yield event
        if position + 1 < len(invoice.route):
            next_ready = event.complete
            if event.activity == "Clarify with supplier":
                next_ready += dt.timedelta(seconds=int(draw(SUPPLIER_DELAY, random) * 3600))
            heapq.heappush(waiting, (next_ready, number, position + 1))


def _performed(invoice: Invoice, step: Step, ready: dt.datetime, free: dict[str, dt.datetime], random: Random) -> Event:
    tooling = TOOLING.get(step.activity, 0.05)
    if step.worker.startswith("system:"):
        start = ready + dt.timedelta(seconds=10 + int(random.random() * 290))
        complete = start + dt.timedelta(seconds=2 + int(random.random() * 28))
        return Event(invoice.id, step.activity, start, complete, step.worker.removeprefix("system:"), _cents(tooling))
    minutes = draw(MINUTES[step.activity], random)
    if step.worker == "clerk":
        start, resource = min((next_within(max(ready, free[clerk]), CLERKS[clerk]), clerk) for clerk in CLERKS)
    elif step.worker == "mailroom":
        start, resource = next_within(ready, OFFICE), choose(MAILROOM, random)
    else:
        start, resource = after_office_hours(ready, draw(APPROVAL_DELAY, random)), invoice.approver
    complete = start + dt.timedelta(seconds=int(minutes * 60))
    if step.worker == "clerk":
        free[resource] = complete
    rate = APPROVER_RATE if step.worker == "approver" else CLERK_RATE
    return Event(invoice.id, step.activity, start, complete, resource, _cents(minutes * rate + tooling))


def _cents(euros: float) -> int:
    return int(euros * 100 + 0.5)


def _note_dates(invoices: Sequence[Invoice], events: Iterable[Event]) -> None:
    by_id = {invoice.id: invoice for invoice in invoices}
    for event in events:
        invoice = by_id[event.invoice]
        if event.activity == "Capture data" and invoice.captured is None:
            invoice.captured = event.complete
        if event.activity == "Post for payment":
            invoice.posted = event.complete


EVENT_COLUMNS = ("invoice", "activity", "started_at", "completed_at", "resource", "cost_eur", "outcome")


def _event_rows(invoices: Sequence[Invoice], events: list[Event], random: Random) -> list[list[str]]:
    by_id = {invoice.id: invoice for invoice in invoices}
    rows = []
    for event in sorted(events, key=lambda event: (event.complete, event.invoice)):
        outcome = _outcome(by_id[event.invoice]) if event.activity == "Post for payment" else ""
        money = f"{event.cents // 100}.{event.cents % 100:02}"
        row = [event.invoice, event.activity, str(event.start), str(event.complete), event.resource, money, outcome]
        rows += [row] * (2 if random.random() < REPEATED_ROW_SHARE else 1)
    for _ in range(UNREADABLE_ROWS):
        _spoil(rows, random)
    return rows


def _outcome(invoice: Invoice) -> str:
    return "paid in time" if invoice.posted is not None and invoice.posted.date() <= invoice.due else "paid late"


def _spoil(rows: list[list[str]], random: Random) -> None:
    """Make one row unreadable the way exports do: no case, a cut time, or a date of another format."""
    position = int(random.random() * len(rows))
    column, text = ((0, ""), (3, ""), (3, "2024-13-45 10:12:00"), (3, "n/a"))[int(random.random() * 4)]
    rows[position] = [text if n == column else cell for n, cell in enumerate(rows[position])]


RECORD_COLUMNS = (
    "invoice",
    "supplier",
    "supplier_reference",
    "vat_id",
    "channel",
    "invoice_date",
    "received_at",
    "captured_at",
    "due_date",
    "goods_receipt",
    "purchase_order",
    "net_amount",
    "gross_amount",
    "currency",
    "cost_centre",
    "gl_account",
    "posted_at",
)


def _record_rows(invoices: Sequence[Invoice], random: Random) -> list[list[str]]:
    rows = []
    for invoice in invoices:
        row = _record(invoice, random)
        rows.append(row)
        if random.random() < SENT_TWICE_SHARE:
            # The supplier sent the invoice again, and it was entered under a new number.
            rows.append([f"{row[0]}-2", *row[1:]])
    return rows


def _record(invoice: Invoice, random: Random) -> list[str]:
    net = invoice.gross * 100 // (123 if random.random() < 0.8 else 108)
    due = invoice.due if random.random() > 0.008 else invoice.invoice_date - dt.timedelta(days=335)
    # No Polish tax office has the number 000, so the invented numbers belong to nobody.
    vat_id = f"PL000{invoice.supplier * 7919:07}"
    order = f"45{invoice.supplier:04}{int(random.random() * 9000) + 1000}" if invoice.ordered else ""
    receipt = f"50{int(random.random() * 900000) + 100000}" if invoice.ordered else ""
    account = 410_000 + 500 * (invoice.supplier % 23)
    return [
        invoice.id,
        kept(f"S-{invoice.supplier:04}", 0.996, random),
        kept(invoice.reference, 0.992, random),
        kept(_garbled(vat_id, 0.016, random), 0.955, random),
        invoice.channel,
        str(invoice.invoice_date),
        str(invoice.received),
        str(invoice.captured or ""),
        str(due),
        receipt,
        kept(order, 0.968, random),
        f"{net // 100}.{net % 100:02}",
        f"{invoice.gross // 100}.{invoice.gross % 100:02}",
        "EUR" if random.random() < 0.984 else "Eur",
        kept(str(invoice.cost_centre), 0.927, random),
        kept(_garbled(str(account), 0.012, random), 0.968, random),
        str(invoice.posted or ""),
    ]


def _garbled(text: str, share: float, random: Random) -> str:
    """Read by machine, a zero may turn into the letter O."""
    return text.replace("0", "O", 1) if random.random() < share else text


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write both files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the random numbers (default %(default)s)")
    parser.add_argument("--count", type=int, default=INVOICES, help="number of invoices (default %(default)s)")
    parser.add_argument("--folder", type=Path, default=HERE, help="folder to write to (default: beside this script)")
    options = parser.parse_args(arguments)
    make_invoices(options.folder, options.seed, options.count)


if __name__ == "__main__":
    main()
