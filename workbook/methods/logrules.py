"""What a client declares about an event log or a case table: which column holds what, and how it is to be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogColumns:
    """Which column of the log holds what.

    `timestamp` is when an event was completed, `start` when it began, if known. `lifecycle` says in place of `start`
    that a row is the "start" or the "complete" of an activity; a blank means complete, and other transitions are left
    out. `sequence` is a whole number that orders events of the same moment. `cost` is the cost of one event; a case
    costs the sum. `outcome` is that of the case: the value at its last event that has one.
    """

    case: str
    activity: str
    timestamp: str
    start: str | None = None
    resource: str | None = None
    cost: str | None = None
    outcome: str | None = None
    sequence: str | None = None
    lifecycle: str | None = None

    @property
    def has_starts(self) -> bool:
        """True when the log tells when activities began."""
        return self.start is not None or self.lifecycle is not None


@dataclass(frozen=True, slots=True)
class CaseColumns:
    """Which column of the case table holds what; `resource` is who handled the case."""

    case: str
    opened: str
    closed: str
    status: str | None = None
    outcome: str | None = None
    cost: str | None = None
    resource: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRules:
    """How records are to be read; what is not declared is not measured.

    Attributes
    ----------
    timezone : IANA name; times without an offset are local times there
    timestamp_format : strptime codes; None for ISO 8601
    missing : words that mean "not known" in any column, such as "?"; a blank cell always does
    system_resources : accounts that are no people; without them there is no automation rate
    error_outcomes : outcomes that count as errors
    decimal, thousands : marks of the cost column; None for a point, and for no mark between thousands
    """

    timezone: str
    timestamp_format: str | None = None
    missing: tuple[str, ...] = ()
    system_resources: tuple[str, ...] = ()
    error_outcomes: tuple[str, ...] = ()
    decimal: str | None = None
    thousands: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRules(RecordRules):
    """How an event log is to be read.

    Attributes
    ----------
    start_activities : activities with which a case begins; empty: every case is taken to begin in the log
    end_activities : activities with which a case ends; without them nothing is known to be completed
    rework_activities, rejected_activities : activities that are rework or a rejection whenever they occur
    """

    start_activities: tuple[str, ...] = ()
    end_activities: tuple[str, ...] = ()
    rework_activities: tuple[str, ...] = ()
    rejected_activities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRules(RecordRules):
    """How a case table is to be read.

    Attributes
    ----------
    closed_statuses : statuses of closed cases; with them, a row whose status and closing date contradict each other
        is taken out: "closed_without_date" and "date_without_closed"
    """

    closed_statuses: tuple[str, ...] = ()
