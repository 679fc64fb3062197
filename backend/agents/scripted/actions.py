"""The actions of a timeline: one frozen model each.

The fields are the keys of a scenario; every field's description completes the sentence "'x' must be ...", the error for
a malformed scenario. Times are seconds at speed 1, rates are token events per second.
"""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, JsonValue, Tag

from backend.agents.scripted.action_parts import (
    ARTIFACT_TEXT,
    JITTER_TEXT,
    LABEL_TEXT,
    PIECES_TEXT,
    RATE_TEXT,
    SLUG_TEXT,
    STEP_TEXT,
    TITLE_TEXT,
    AskOption,
    Fraction,
    Jitter,
    Name,
    Pieces,
    Position,
    ProposedCall,
    Rate,
    Row,
    ScenarioPart,
    Seconds,
    Slug,
    Token,
    ToolCall,
    Words,
)
from backend.protocol.inputs import InputKind, Needs, OnExpiry


class Step(ScenarioPart):
    """A whole step: it starts, takes its time or runs the actions inside, and finishes."""

    step: Slug = Field(description=SLUG_TEXT)
    id: Name | None = Field(default=None, description="a text: the step's id")
    label: Words | None = Field(default=None, description=LABEL_TEXT)
    detail: Words | None = Field(default=None, description=LABEL_TEXT)
    tool: ToolCall | None = Field(default=None, description="a mapping with name, arguments and result")
    lasts: Seconds = Field(default=0.0, description="a number of seconds from 0 to 3600")
    do: tuple["Action", ...] = Field(default=(), strict=False, description="a list of actions")
    found: Words | None = Field(default=None, description="a text: the detail shown when the step finishes")


class Start(ScenarioPart):
    """A step begins and stays open until ``finish`` or ``fail``."""

    start: Slug = Field(description=SLUG_TEXT)
    id: Name | None = Field(default=None, description="a text: the step's id")
    label: Words | None = Field(default=None, description=LABEL_TEXT)
    detail: Words | None = Field(default=None, description=LABEL_TEXT)
    parent: Name | None = Field(default=None, description=STEP_TEXT)
    tool: ToolCall | None = Field(default=None, description="a mapping with name, arguments and result")


class Progress(ScenarioPart):
    """The progress of an open step."""

    progress: Name = Field(description=STEP_TEXT)
    at: Fraction | None = Field(default=None, description="a number from 0 to 1")
    detail: Words | None = Field(default=None, description=LABEL_TEXT)


class Finish(ScenarioPart):
    """An open step ends well."""

    finish: Name = Field(description=STEP_TEXT)
    detail: Words | None = Field(default=None, description=LABEL_TEXT)
    result: JsonValue = Field(default=None, description="what came out of the step's tool")


class Fail(ScenarioPart):
    """An open step fails; the run continues."""

    fail: Name = Field(description=STEP_TEXT)
    detail: Words | None = Field(default=None, description=LABEL_TEXT)
    result: JsonValue = Field(default=None, description="what came out of the step's tool")


class Wait(ScenarioPart):
    """Nothing happens for a while."""

    wait: Seconds = Field(description="a number of seconds from 0 to 3600")


class Say(ScenarioPart):
    """A piece of the answer, sent token by token. A list of texts is sent as exactly these tokens."""

    say: Annotated[str, Field(min_length=1)] | Annotated[tuple[Token, ...], Field(min_length=1, strict=False)] = Field(
        description="a text, or a list of texts that are sent as they stand"
    )
    rate: Rate | None = Field(default=None, description=RATE_TEXT)
    pieces: Pieces | None = Field(default=None, description=PIECES_TEXT)
    jitter: Jitter | None = Field(default=None, description=JITTER_TEXT)


class Cite(ScenarioPart):
    """A source. A number is its marker; a text is the id of a source without a marker."""

    cite: Annotated[int, Field(ge=1, le=9999)] | Name = Field(
        description="the number of a marker (1 for [1]), or a text: an id"
    )
    title: Words = Field(description=TITLE_TEXT)
    id: Name | None = Field(default=None, description="a text: the citation's id; again = an update")
    source: Words | None = Field(default=None, description="a text: where it comes from")
    url: Words | None = Field(default=None, description="a text: an address")
    quote: Words | None = Field(default=None, description="a text: the words quoted")
    document_id: Name | None = Field(default=None, description="a text: the document's id")
    locator: Position | None = Field(default=None, description="a mapping with page, line, start, end")
    supports: Words | None = Field(default=None, description="a text: the part of the answer it supports")


class Chart(ScenarioPart):
    """A chart: bars, a line, or a whole Plotly figure."""

    chart: Name = Field(description=ARTIFACT_TEXT)
    title: Words = Field(description=TITLE_TEXT)
    bars: dict[str, int | float] | None = Field(default=None, description="a mapping of labels to numbers")
    line: dict[str, int | float] | None = Field(default=None, description="a mapping of labels to numbers")
    unit: Words | None = Field(default=None, description="a text: what the numbers are")
    figure: dict[str, JsonValue] | None = Field(default=None, description="a Plotly figure: data and layout")


class Table(ScenarioPart):
    """A table."""

    table: Name = Field(description=ARTIFACT_TEXT)
    title: Words = Field(description=TITLE_TEXT)
    columns: tuple[str, ...] = Field(strict=False, min_length=1, description="a list of column names")
    rows: tuple[Row, ...] = Field(strict=False, description="a list of rows, each a list of texts and numbers")


class Documents(ScenarioPart):
    """A list of documents or passages."""

    documents: Name = Field(description=ARTIFACT_TEXT)
    title: Words = Field(description=TITLE_TEXT)
    items: tuple[dict[str, JsonValue], ...] = Field(
        strict=False, description="a list of mappings with title, source, date, url, text"
    )


class Value(ScenarioPart):
    """One figure."""

    value: Name = Field(description=ARTIFACT_TEXT)
    title: Words = Field(description=TITLE_TEXT)
    amount: float | int | Words = Field(description="a number or a text")
    unit: Words | None = Field(default=None, description="a text")
    detail: Words | None = Field(default=None, description=LABEL_TEXT)


class Warn(ScenarioPart):
    """A reason to trust less."""

    warn: Name = Field(description="a short code, such as dated_evidence")
    message: Words = Field(description=LABEL_TEXT)
    citation_id: Name | None = Field(default=None, description="the id of a citation")
    step_id: Name | None = Field(default=None, description=STEP_TEXT)


class Error(ScenarioPart):
    """The run fails here."""

    error: Name = Field(description="a short code, such as provider_unavailable")
    message: Words = Field(description=LABEL_TEXT)
    retryable: bool = Field(default=False, description="true or false")


class Ask(ScenarioPart):
    """A person is asked, and the run waits for the answer."""

    ask: Slug = Field(description="a short name in small letters, digits and underscores, such as approve_transfer")
    prompt: Words = Field(description="a text: what is asked")
    kind: InputKind = Field(default="text", description="approval, choice, text or form")
    label: Words | None = Field(default=None, description=LABEL_TEXT)
    options: tuple[Words | AskOption, ...] = Field(
        default=(), strict=False, description="a list of texts, or of mappings with value, label and description"
    )
    form: dict[str, JsonValue] | None = Field(default=None, description="a JSON Schema of the value")
    tool: ProposedCall | None = Field(default=None, description="a mapping with name, arguments and editable")
    default: JsonValue = Field(default=None, description="the value if nobody answers in time")
    expires: Annotated[float, Field(gt=0, le=3600)] | None = Field(
        default=None, description="a number of seconds, above 0"
    )
    on_expiry: OnExpiry = Field(default="decline", description="decline, default or fail")
    needs: Needs = Field(default="steer", description="steer or approve")
    sensitive: bool = Field(default=False, description="true or false")
    accepted: tuple["Action", ...] = Field(default=(), strict=False, description="a list of actions")
    declined: tuple["Action", ...] = Field(default=(), strict=False, description="a list of actions")


class Stall(ScenarioPart):
    """Silence of an exact length, at any point of the run; never varied."""

    stall: Seconds = Field(description="a number of seconds from 0 to 3600")


class HangForever(ScenarioPart):
    """Silence until the run times out."""

    hang: Literal[True] = Field(description="true")


ACTIONS: dict[str, type[ScenarioPart]] = {
    "step": Step,
    "start": Start,
    "progress": Progress,
    "finish": Finish,
    "fail": Fail,
    "wait": Wait,
    "say": Say,
    "cite": Cite,
    "chart": Chart,
    "table": Table,
    "documents": Documents,
    "value": Value,
    "ask": Ask,
    "warn": Warn,
    "error": Error,
    "stall": Stall,
    "hang": HangForever,
}
"""Every action by the key that names it. ``repeat`` is not among them: it is written out before."""


def action_name(action: Any) -> str | None:
    """The key that names an action: of a model, or of a mapping to be validated."""
    if isinstance(action, ScenarioPart):
        return next((name for name, model in ACTIONS.items() if isinstance(action, model)), None)
    return next((key for key in action if key in ACTIONS), None) if isinstance(action, dict) else None


Action = Annotated[
    Annotated[Step, Tag("step")]
    | Annotated[Start, Tag("start")]
    | Annotated[Progress, Tag("progress")]
    | Annotated[Finish, Tag("finish")]
    | Annotated[Fail, Tag("fail")]
    | Annotated[Wait, Tag("wait")]
    | Annotated[Say, Tag("say")]
    | Annotated[Cite, Tag("cite")]
    | Annotated[Chart, Tag("chart")]
    | Annotated[Table, Tag("table")]
    | Annotated[Documents, Tag("documents")]
    | Annotated[Value, Tag("value")]
    | Annotated[Ask, Tag("ask")]
    | Annotated[Warn, Tag("warn")]
    | Annotated[Error, Tag("error")]
    | Annotated[Stall, Tag("stall")]
    | Annotated[HangForever, Tag("hang")],
    Discriminator(action_name),
]
"""One entry of a timeline; the action's key decides its kind."""

BRANCHES = ("do", "accepted", "declined")
"""The fields of actions that are lists of actions themselves."""

Step.model_rebuild()
Ask.model_rebuild()
