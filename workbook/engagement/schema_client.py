"""Who the client is and who decides: the models of client.yaml, and the references every parameter file makes.

Each entity lives in one file and the others refer to it by its id.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbook.engagement.values import Day, Identifies, Model, NonNegative, Quantity, Refers, Slug

Answer = Literal["yes", "no", "unknown"]
"""What is known of a fact. "unknown" is an answer: it never lowers a tier and always leaves an open question."""

PersonRef = Annotated[Slug, Refers("person")]
ProcessRef = Annotated[Slug, Refers("process")]
SourceRef = Annotated[Slug, Refers("data source")]
SystemRef = Annotated[Slug, Refers("system")]
UseCaseRef = Annotated[Slug, Refers("use case")]


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
