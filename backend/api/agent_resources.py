"""The agents on offer, how far they are prepared, and whether the server takes runs, as the API gives them as JSON."""

from typing import Literal

from pydantic import BaseModel, Field

from backend.agents.person import PauseMode
from backend.protocol.attachments import MAX_ATTACHMENTS, MAX_FILE_BYTES
from backend.protocol.events import KnownEvent
from backend.protocol.options import RunOptions


class TakenFilesReply(BaseModel):
    """Which files can be attached to an agent's questions."""

    kinds: list[str] = Field(examples=[["pdf", "txt"]])
    endings: list[str] = Field(description="The endings of their names.", examples=[[".pdf", ".txt", ".text"]])
    max_bytes: int = Field(default=MAX_FILE_BYTES, description="The largest file.")
    max_files: int = Field(default=MAX_ATTACHMENTS, description="How many files one question may have.")


class Offer(BaseModel):
    """An agent on offer, and questions to try on it."""

    agent: str = Field(examples=["scripted:happy_path"])
    title: str
    description: str
    examples: list[str]
    attachments: TakenFilesReply | None = Field(description="The files it takes; null for an agent that takes none.")
    pause: PauseMode = Field(
        default="none",
        description="What a pause does: `exact` = it stands still; `step` = it finishes what it is doing; `hold` = it "
        "works on elsewhere, and what it sends is shown at resume; `none` = it cannot be paused.",
    )
    messages: bool = Field(default=False, description="Whether it reads messages while it works.")


class PreparationNow(BaseModel):
    """How far a family of agents is. ``total`` is 0 while it is unknown."""

    name: str
    state: Literal["waiting", "preparing", "ready", "failed"]
    done: int
    total: int
    what: str


class AgentList(BaseModel):
    """The agents that can be run now, what is still being prepared, and what the operator should know."""

    agents: list[Offer]
    preparations: list[PreparationNow]
    warnings: list[str]
    options: list[str] = Field(
        default_factory=lambda: list(RunOptions.model_fields),
        description="The options that a run may have here. Any other is refused, so a client that is newer than the "
        "server leaves out what the server does not name.",
        examples=[["timeout_s", "speed"]],
    )


class Plan(BaseModel):
    """The events a run would send on a perfect machine, as they would be stamped."""

    agent: str
    question: str
    options: RunOptions
    events: list[KnownEvent]


class Health(BaseModel):
    """The process is up."""

    status: Literal["ok"] = "ok"
    version: str


class ReadinessReply(BaseModel):
    """The store is open and every agent is prepared, or left out with a warning."""

    status: Literal["ready"] = "ready"
    preparations: list[PreparationNow]
    warnings: list[str]
