"""A table, an event log or a case table of the client: where it is, how it is read and the rules it should satisfy."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workbook.engagement.faults import shorten
from workbook.engagement.schema_client import Answer, PersonRef, SystemRef
from workbook.engagement.values import Allowed, DataPath, Day, EnvName, Identifies, Model, Slug, refusal

Delimiter = Annotated[
    str, Field(pattern=r'^[^\w"\r\n]$'), Allowed('one character such as ";", or "\\t" for a tab, in double quotes')
]


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
