"""What the actions of a timeline are made of: the kinds of their values, and the mappings inside them.

Every field's description completes the sentence "'x' must be ...", the error for a malformed scenario.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from backend.protocol.inputs import InputAction

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Seconds = Annotated[float, Field(ge=0, le=3600)]
Rate = Annotated[float, Field(gt=0, le=100_000)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Jitter = Annotated[float, Field(ge=0, le=0.95)]
Token = Annotated[str, StringConstraints(max_length=16_384)]
Row = Annotated[tuple[str | int | float | None, ...], Field(strict=False)]
Pieces = Literal["words"] | Annotated[int, Field(ge=1, le=1000)]

RATE_TEXT = "a number of token events per second, above 0"
JITTER_TEXT = "a number from 0 to 0.95: the share by which a time varies"
PIECES_TEXT = "words, or a number of characters (code points) per token, 1 to 1000"
SLUG_TEXT = "a short name in small letters, digits and underscores, such as retrieving"
STEP_TEXT = "the name or id of a step that was started"
LABEL_TEXT = "a text for people"
ARTIFACT_TEXT = "the artifact's id, a text (the same id again revises it)"
TITLE_TEXT = "a text: the title"


class ScenarioPart(BaseModel):
    """A frozen part of a scenario; numbers stay numbers and texts stay texts, nothing is converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class ToolCall(ScenarioPart):
    """The entry of the tool log."""

    name: Words = Field(description="a text: the tool's name")
    arguments: JsonValue = Field(default=None, description="what goes into the tool")
    result: JsonValue = Field(default=None, description="what comes out of the tool, shown at its end")
    approved: Slug | None = Field(default=None, description="the name of the ask that approved this call")


class Position(ScenarioPart):
    """The position of a quote in its document."""

    page: int | None = Field(default=None, ge=1, description="a page number, from 1")
    line: int | None = Field(default=None, ge=1, description="a line number, from 1")
    start: int | None = Field(default=None, ge=0, description="a position in code points")
    end: int | None = Field(default=None, ge=0, description="a position in code points")


class AskOption(ScenarioPart):
    """One thing to choose."""

    value: Words = Field(description="a text: what the answer contains")
    label: Words | None = Field(default=None, description="a text: what people see")
    description: Words | None = Field(default=None, description=LABEL_TEXT)


class ProposedCall(ScenarioPart):
    """A tool call to approve."""

    name: Words = Field(description="a text: the tool's name")
    arguments: JsonValue = Field(default=None, description="what goes into the tool")
    editable: bool = Field(default=False, description="true or false: whether the arguments may be changed")
    arguments_schema: dict[str, JsonValue] | None = Field(default=None, description="a JSON Schema of the arguments")


class OwnAnswer(ScenarioPart):
    """The answer that a scenario gives itself where no person is there."""

    input: Slug = Field(description="the name of an ask")
    after_ms: Annotated[float, Field(ge=0, le=3_600_000)] = Field(
        default=0.0, description="a number of milliseconds, 0 or more"
    )
    action: InputAction = Field(default="accept", description="accept, decline or cancel")
    value: JsonValue = Field(default=None, description="the value")
    arguments: dict[str, JsonValue] | None = Field(default=None, description="a mapping: the changed arguments")
    note: Words | None = Field(default=None, description=LABEL_TEXT)
