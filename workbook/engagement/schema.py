"""What is true of one client: the models of the parameter files.

One description serves the loader, the skeleton, and later the forms, the spreadsheet and the reference page, so every
field says in its description what to fill in. Each entity lives in one file and the others refer to it by its id.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workbook.engagement.faults import shorten
from workbook.engagement.values import (
    Allowed,
    DataPath,
    Day,
    EnvName,
    Evidence,
    Identifies,
    Model,
    Money,
    NonNegative,
    Positive,
    Quantity,
    Rating,
    Refers,
    Share,
    Slug,
    UncertainScore,
    UncertainShare,
    refusal,
)

Answer = Literal["yes", "no", "unknown"]
"""What is known of a fact. "unknown" is an answer: it never lowers a tier and always leaves an open question."""

RespondentGroup = Literal["owner", "frontline", "manager", "sponsor", "it"]

PersonRef = Annotated[Slug, Refers("person")]
ProcessRef = Annotated[Slug, Refers("process")]
SourceRef = Annotated[Slug, Refers("data source")]
SystemRef = Annotated[Slug, Refers("system")]
UseCaseRef = Annotated[Slug, Refers("use case")]
InterviewRef = Annotated[Slug, Refers("interview")]

Delimiter = Annotated[
    str, Field(pattern=r'^[^\w"\r\n]$'), Allowed('one character such as ";", or "\\t" for a tab, in double quotes')
]

CriterionRef = Annotated[str, Refers("criterion")]
QuestionRef = Annotated[str, Refers("readiness question")]
ScreeningRef = Annotated[str, Refers("screening question")]
ThemeRef = Annotated[str, Refers("theme")]


# --- client.yaml -----------------------------------------------------------------------------------------------------


class Person(Model):
    """A person of the client or of the firm who is named in the engagement."""

    id: Annotated[Slug, Identifies("person")] = Field(description="short id, used wherever this person is meant")
    name: str = Field(min_length=1, description="name as it should appear in a deliverable")
    role: str = Field(min_length=1, description="role or job title")


class Sponsor(Model):
    """The executive who carries the programme."""

    person: PersonRef = Field(description="id of the person")
    function: Literal["business", "it", "shared"] = Field(description="where the sponsor's authority lies")
    owns_outcome: Answer = Field(description="does the sponsor own the business outcome, not only the budget?")


class GateDecision(Model):
    """What people decided at the gate that ends a phase."""

    decision: Literal["approved", "iterate", "stopped", "pending"] = Field(description="the human decision")
    by: PersonRef | None = Field(None, description="id of the person who decided")
    role: str | None = Field(None, description="in which role")
    date: Day | None = Field(None, description="day of the decision")
    selected: tuple[UseCaseRef, ...] = Field((), description="ids of the use cases the decision selects")
    note: str | None = Field(None, description="reason or condition, in a sentence")


class Gates(Model):
    """The decision at the end of each phase; a gate that is absent has not been held."""

    assess: GateDecision | None = Field(None, description="approval of the 3 to 5 candidates")
    prioritize: GateDecision | None = Field(None, description="commitment to one pilot")
    pilot: GateDecision | None = Field(None, description="go, iterate or stop")
    scale: GateDecision | None = Field(None, description="service levels met")
    optimize: GateDecision | None = Field(None, description="quarterly review")


class DocumentControl(Model):
    """Who made the deliverable, its status and who may read it."""

    firm: str = Field(min_length=1, description="the consulting firm")
    partner: str = Field(min_length=1, description="responsible partner")
    author: str = Field(min_length=1, description="author")
    reviewer: str | None = Field(None, description="reviewer; leave out while nobody has reviewed")
    version: str = Field(pattern=r"^\d+(\.\d+){0,2}$", description='version such as "1.0"')
    status: Literal["draft", "in review", "final"] = Field(description="status of the deliverable")
    distribution: tuple[str, ...] = Field((), description="who receives it")
    confidentiality: str = Field(min_length=1, description="marking in the running header")


class Client(Model):
    """Who the client is, who decides, and how its deliverables are written."""

    name: str = Field(min_length=1, max_length=120, description="name as it should appear in a deliverable")
    legal_name: str | None = Field(None, description="full legal name")
    about: str | None = Field(None, description="one or two sentences on the company")
    sector: str = Field(min_length=1, description="sector in a few words")
    country: str = Field(pattern=r"^[A-Z]{2}$", description="two-letter country code such as DE")
    employees: Annotated[Quantity, NonNegative] = Field(description="number of employees")
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="three-letter currency code such as EUR")
    locale: str = Field(
        pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$", description="locale such as de_DE, by which numbers and dates are written"
    )
    language: Literal["en"] = Field("en", description="language of the deliverables")
    as_of: Day = Field(description="day of which the deliverables speak; facts dated later do not exist")
    people: tuple[Person, ...] = Field((), description="people named in the engagement")
    sponsor: Sponsor | None = Field(None, description="the executive sponsor")
    gates: Gates = Field(Gates(), description="decisions at the gates")
    document: DocumentControl = Field(description="document control of the deliverables")
    may_mention: tuple[str, ...] = Field((), description="other clients' names that may honestly appear")
    canaries: tuple[str, ...] = Field((), description="texts planted in the data that must appear nowhere else")


# --- assess.yaml -----------------------------------------------------------------------------------------------------


class Process(Model):
    """A business process, with the performance declared or measured for it."""

    id: Annotated[Slug, Identifies("process")] = Field(description="short id")
    name: str = Field(min_length=1, description="name of the process")
    department: str = Field(min_length=1, description="department or unit that runs it")
    owner: PersonRef | None = Field(None, description="id of the process owner")
    volume: Annotated[Quantity, NonNegative] | None = Field(None, description="transactions a year")
    cost_per_transaction: Annotated[Money, NonNegative] | None = Field(
        None, description="fully loaded cost of one transaction in the client's currency"
    )
    customer_impact: Rating | None = Field(None, description="effect on the customer, 1 (none) to 5 (decisive)")
    lead_time: Annotated[Quantity, NonNegative] | None = Field(None, description="typical (median) lead time in hours")
    touch_time: Annotated[Quantity, NonNegative] | None = Field(None, description="hands-on hours per transaction")
    error_rate: Share | None = Field(None, description="share of transactions with an error, 0 to 1")
    rework_rate: Share | None = Field(None, description="share of transactions with a step done again, 0 to 1")
    automation_rate: Share | None = Field(None, description="share handled without a human, 0 to 1")
    measured_by: SourceRef | None = Field(None, description="id of the event log or case table that measures it")
    systems: tuple[SystemRef, ...] = Field((), description="ids of the systems it runs on")
    note: str | None = Field(None, description="anything a reader must know")


class LogColumns(Model):
    """Which columns of an event log or case table play which part."""

    case: str = Field(description="column with the case id")
    activity: str | None = Field(None, description="event log: column with the activity")
    timestamp: str | None = Field(None, description="event log: column with the time of completion")
    start: str | None = Field(None, description="event log: column with the time of start")
    sequence: str | None = Field(None, description="event log: column with a number that orders events of one moment")
    opened: str | None = Field(None, description="case table: column with the time the case was opened")
    closed: str | None = Field(None, description="case table: column with the time the case was closed")
    status: str | None = Field(None, description="case table: column with the status")
    resource: str | None = Field(None, description="column with the person or account; read as a pseudonym")
    cost: str | None = Field(None, description="column with the cost of the event or case")
    outcome: str | None = Field(None, description="column with the outcome of the case")

    @model_validator(mode="after")
    def _gives_each_column_one_part(self) -> Self:
        parts: dict[str | None, str] = {}
        for part in ("case", "activity", "timestamp", "start", "opened", "closed"):
            column = getattr(self, part)
            if parts.setdefault(column, part) != part and column is not None:
                found = f"the column {shorten(column)} as {parts[column]} and as {part}"
                raise refusal("a column of its own for each", "correct one of them, or leave it out", found, (part,))
        return self


class LogRules(Model):
    """How to read a log: formats, and which activities begin, end, repeat or reject a case."""

    start_activities: tuple[str, ...] = Field((), description="activities with which a complete case begins")
    end_activities: tuple[str, ...] = Field((), description="activities with which a case is complete")
    rework_activities: tuple[str, ...] = Field((), description="activities that are rework by definition")
    rejected_activities: tuple[str, ...] = Field((), description="activities that reject or send back")
    closed_statuses: tuple[str, ...] = Field((), description="case table: statuses that mean closed")
    system_resources: tuple[str, ...] = Field((), description="accounts that are systems, not people")
    error_outcomes: tuple[str, ...] = Field((), description="outcomes that count as errors")


class NeededField(Model):
    """A field of a table and the rules it should satisfy."""

    name: str = Field(description="column name")
    required: bool = Field(True, description="must it be filled in each row?")
    required_when: str | None = Field(None, description='rows in which it is required, such as "status = Closed"')
    type: Literal["text", "integer", "number", "date", "timestamp", "boolean"] = Field("text", description="type")
    pattern: str | None = Field(None, description="regular expression the whole value must match")
    minimum: float | None = Field(None, description="smallest allowed value")
    maximum: float | None = Field(None, description="largest allowed value")
    allowed: tuple[str, ...] = Field((), description="the allowed values")
    weight: Annotated[float, Field(gt=0)] = Field(1.0, description="criticality relative to the other fields")
    threshold: Annotated[float, Field(ge=0, le=1)] | None = Field(None, description="share the use case needs, 0 to 1")

    @model_validator(mode="after")
    def _has_its_ends_in_order(self) -> Self:
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            found = f"minimum {self.minimum:g} and maximum {self.maximum:g}"
            raise refusal("minimum <= maximum", "exchange the two", found, ("maximum",))
        return self


class ConsistencyRule(Model):
    """A rule across fields, or across tables, that each row should satisfy."""

    id: Slug = Field(description="short id")
    left: str | None = Field(None, description="comparison: the left column")
    op: Literal["<", "<=", "=", "!=", ">=", ">"] | None = Field(None, description="comparison: the operator")
    right: str | None = Field(None, description="comparison: the right column")
    type: Literal["text", "integer", "number", "date", "timestamp"] | None = Field(
        None, description="comparison: how values are read; as the fields say if left out"
    )
    determines: tuple[str, ...] = Field((), description="dependency: columns that determine another")
    dependent: str | None = Field(None, description="dependency: the column they determine")

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        compares, depends = (self.left, self.op, self.right), (self.determines, self.dependent)
        if not (all(compares) and not any(depends)) and not (all(depends) and not any(compares)):
            given = [name for name, value in self if value and name != "id"]
            found = f"a rule with {', '.join(given) or 'nothing but its id'}"
            raise refusal("left, op and right; or determines and dependent", "complete the rule", found)
        return self


class Timeliness(Model):
    """How soon a record must arrive to be of use."""

    event: str = Field(description="column with the time of the event")
    arrived: str = Field(description="column with the time the record arrived")
    within_hours: Annotated[float, Field(gt=0)] = Field(description="deadline of the use case in hours")


class AccuracySample(Model):
    """A sample whose values somebody has verified."""

    file: DataPath = Field(description="file with the verified values")
    key: str = Field(description="column that joins the sample to the table")
    verified_by: str | None = Field(None, description="who verified it and how")


class Coverage(Model):
    """Segments that each need enough rows to learn from."""

    segment: str = Field(description="column that names the segment")
    minimum_rows: Annotated[int, Field(gt=0)] = Field(description="rows each segment needs")


class DatabaseSource(Model):
    """A query on a database, whose address stands in the environment and never in a file."""

    url_env: EnvName = Field(description="environment variable with the address of the database")
    query: DataPath = Field(description="file below the client's folder with the SELECT that returns the table")


class DataSource(Model):
    """A table, an event log or a case table of the client."""

    id: Annotated[Slug, Identifies("data source")] = Field(description="short id")
    name: str = Field(min_length=1, description="name of the source")
    kind: Literal["event_log", "case_table", "table"] = Field(description="what one row is")
    system: SystemRef | None = Field(None, description="id of the system it comes from")
    owner: PersonRef | None = Field(None, description="id of the data owner")
    file: DataPath | None = Field(None, description="file below the client's folder; leave out while not provided")
    database: DatabaseSource | None = Field(None, description="query on a database, instead of a file")
    format: Literal["csv", "parquet", "excel"] | None = Field(None, description="format, if the file name does not say")
    encoding: str | None = Field(None, description="encoding of a CSV file, such as windows-1252")
    delimiter: Delimiter | None = Field(None, description="mark between the columns of a CSV file")
    decimal: Literal[".", ","] | None = Field(None, description="decimal mark; a point if left out")
    thousands: Literal[".", ",", " ", "'"] | None = Field(None, description="mark between thousands, if any")
    sheet: str | None = Field(None, description="sheet of an Excel file")
    missing: tuple[str, ...] = Field((), description='texts that mean "missing", such as "?"')
    timestamp_format: str | None = Field(None, description="how times are written, such as %d/%m/%Y %H:%M")
    timezone: str = Field("UTC", description="time zone of times without one, such as Europe/Berlin")
    extracted: Day | None = Field(None, description="day of the extract; open cases are counted up to it")
    columns: LogColumns | None = Field(None, description="event log or case table: which column is what")
    rules: LogRules = Field(LogRules(), description="event log or case table: how to read it")
    key: tuple[str, ...] = Field((), description="columns that together identify a row")
    fields: tuple[NeededField, ...] = Field((), description="the fields use cases need, with their rules")
    consistency: tuple[ConsistencyRule, ...] = Field((), description="rules across fields")
    timeliness: Timeliness | None = Field(None, description="how soon records must arrive")
    accuracy: AccuracySample | None = Field(None, description="a verified sample")
    coverage: Coverage | None = Field(None, description="segments that need enough rows")
    lawful_basis: Answer = Field("unknown", description="is there a lawful basis for the intended use?")
    personal_data: Answer = Field("unknown", description="does it hold personal data?")
    attribution: str | None = Field(None, description="origin and licence, printed in the report")
    note: str | None = Field(None, description="anything a reader must know, such as made or shifted data")

    @model_validator(mode="after")
    def _has_one_origin(self) -> Self:
        if self.file is not None and self.database is not None:
            raise refusal("a file or a database", "delete one of them", "both a file and a database", ("database",))
        return self

    @model_validator(mode="after")
    def _tells_its_marks_apart(self) -> Self:
        if self.thousands is not None and self.thousands == (self.decimal or "."):
            found = f'"{self.thousands}" between thousands and as the decimal mark'
            raise refusal("two marks", "correct thousands or decimal", found, ("thousands",))
        return self

    @property
    def read_from(self) -> str | None:
        """The file that holds the table, or the query that returns it; None while the table is not provided."""
        return self.database.query if self.database else self.file


class Interview(Model):
    """An interview held on a process."""

    id: Annotated[Slug, Identifies("interview")] = Field(description="short id")
    process: ProcessRef | None = Field(None, description="id of the process; leave out for the whole organisation")
    group: RespondentGroup = Field(description="which group the respondent belongs to")
    date: Day = Field(description="day of the interview")
    themes: tuple[ThemeRef, ...] = Field((), description="theme ids of the interview guide that came up")
    note: str | None = Field(None, description="what was learnt, in a sentence")


class ReadinessAnswer(Model):
    """One answer to one question on organisational readiness."""

    question: QuestionRef = Field(description="id of the question")
    group: RespondentGroup = Field(description="who answered")
    level: Annotated[int, Field(ge=1, le=5)] = Field(description="level 1 to 5 by the written anchors")
    evidence: str = Field(min_length=1, description="what the level rests on")
    interview: InterviewRef | None = Field(None, description="id of the interview it comes from")
    date: Day | None = Field(None, description="day of the answer")


class NeededData(Model):
    """What a use case needs from one data source."""

    source: SourceRef = Field(description="id of the data source")
    fields: tuple[str, ...] = Field((), description="the fields it needs; all declared fields if left out")


class UseCase(Model):
    """A candidate use of AI on a process."""

    id: Annotated[Slug, Identifies("use case")] = Field(description="short id")
    name: str = Field(min_length=1, description="name of the use case")
    outcome: str | None = Field(None, description="the business outcome in one sentence")
    process: ProcessRef = Field(description="id of the process it changes")
    kind: Literal["predictive", "generative", "agent"] = Field(description="kind of solution")
    owner: PersonRef | None = Field(None, description="id of the business owner")
    effect: UncertainShare | None = Field(None, description="share of the process cost it would save in a year, 0 to 1")
    data: tuple[NeededData, ...] = Field((), description="the data it needs")
    systems: tuple[SystemRef, ...] = Field((), description="ids of the systems it must be joined to")
    scores: dict[CriterionRef, UncertainScore] = Field(
        {}, description="judged scores 0 to 100 by criterion id; some criteria are computed and take none"
    )
    data_access: Answer = Field("unknown", description="can the team get at the data?")
    sponsored: Answer = Field("unknown", description="does a business executive stand behind it?")


class Weighting(Model):
    """How much each criterion counts, and how that was asked."""

    method: Literal["swing", "rank_order_centroid", "direct", "ahp"] = Field("swing", description="how it was asked")
    points: dict[CriterionRef, Annotated[float, Field(ge=0)]] = Field(
        {}, description="swing or direct: points by criterion id"
    )
    order: tuple[CriterionRef, ...] = Field((), description="rank order: criterion ids, most important first")
    matrix: dict[CriterionRef, dict[CriterionRef, Annotated[float, Field(gt=0)]]] = Field(
        {}, description="AHP: judgements by pairs"
    )
    spread: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="how far each weight may lie from its value, as a share of it; the house's spread if left out"
    )
    by: PersonRef | None = Field(None, description="who set the weights")
    date: Day | None = Field(None, description="when")


class DataRequest(Model):
    """A data set that was asked for."""

    source: SourceRef = Field(description="id of the data source asked for")
    asked: Day = Field(description="day of the request")
    due: Day | None = Field(None, description="day it was promised")
    received: Day | None = Field(None, description="day it arrived")
    of: PersonRef | None = Field(None, description="who was asked")

    @model_validator(mode="after")
    def _begins_with_the_request(self) -> Self:
        for key in ("due", "received"):
            day = getattr(self, key)
            if day is not None and day < self.asked:
                raise refusal(f"a day from {self.asked} on", "correct one of the two days", path=(key,))
        return self


class Assess(Model):
    """The Assess phase: processes, data, people and candidate use cases."""

    started: Day | None = Field(None, description="first day of the phase")
    material_impact: Annotated[Money, Positive] = Field(
        description="yearly impact that scores 100: an amount the board would call large"
    )
    processes: tuple[Process, ...] = Field((), description="the 15 to 20 processes that matter most")
    data_sources: tuple[DataSource, ...] = Field((), description="event logs, case tables and tables")
    interviews: tuple[Interview, ...] = Field((), description="interviews held")
    readiness: tuple[ReadinessAnswer, ...] = Field((), description="answers on organisational readiness")
    use_cases: tuple[UseCase, ...] = Field((), description="candidate use cases")
    weighting: Weighting | None = Field(None, description="weights of the criteria")
    shortlist_size: Annotated[int, Field(ge=3, le=5)] = Field(3, description="how many candidates to put forward")
    data_requests: tuple[DataRequest, ...] = Field((), description="data asked for")


# --- technology.yaml and compliance.yaml, as far as Assess needs them ------------------------------------------------


class System(Model):
    """An information system, and how others can be joined to it."""

    id: Annotated[Slug, Identifies("system")] = Field(description="short id")
    name: str = Field(min_length=1, description="name of the system")
    vendor: str | None = Field(None, description="who makes it")
    interfaces: tuple[Literal["api", "event", "batch"], ...] | None = Field(
        None, description="interfaces that exist; an empty list says that there is none"
    )
    evidence: Evidence | None = Field(None, description="what the list of interfaces rests on")
    source: str | None = Field(None, description="where the interfaces were found, or who named them")
    owner: PersonRef | None = Field(None, description="id of the system owner")
    note: str | None = Field(None, description="constraints on integration")


class Technology(Model):
    """Systems of the client."""

    systems: tuple[System, ...] = Field((), description="systems the processes run on")


class ScreeningAnswer(Model):
    """What is known of one compliance fact of one use case."""

    use_case: UseCaseRef = Field(description="id of the use case")
    question: ScreeningRef = Field(description="id of the screening question")
    answer: Answer = Field(description="yes, no or unknown")
    owner: PersonRef | None = Field(None, description="who will find out, while unknown")
    date: Day | None = Field(None, description="day of the answer")
    note: str | None = Field(None, description="what the answer rests on")


class Compliance(Model):
    """Compliance facts of the use cases."""

    screening: tuple[ScreeningAnswer, ...] = Field((), description="answers to the screening questions")
