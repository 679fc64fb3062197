"""Every text of a run in both UIs, the terminal and the report. Plain English, whole sentences, no emoji."""

import re
from typing import Final

from backend.present.words import messages as words_messages, steering as words_steering
from backend.protocol.events import ArtifactEvent, ErrorEvent, Outcome, StepStateName, WarningEvent
from backend.protocol.inputs import PAUSED, STEERING
from backend.protocol.run_view import Activity, Phase, RunView, StepView
from backend.protocol.steps import waits_for_person

APP_TITLE: Final = "Playhead"
EXPLANATION: Final = (
    "Ask a question about a set of documents and watch the agent work, step by step and source by source."
)
EXAMPLE_QUESTIONS: Final = (
    "Is NVIDIA's customer concentration risk rising?",
    "How concentrated are NVIDIA's accounts receivable?",
    "How have NVIDIA's supply commitments changed?",
)

ASK: Final = "Ask"
STOP: Final = "Stop"
STOPPING: Final = "Stopping"
RETRY: Final = "Retry"
CONTINUE: Final = "Continue"
WAIT_LONGER: Final = "Wait longer"
COPY_MARKDOWN: Final = "Copy as Markdown"
COPY_CODE: Final = "Copy this code"
TASK_DONE: Final = "done"
TASK_OPEN: Final = "to do"
DETAILS: Final = "Details"
DOWNLOAD_CSV: Final = "Save as CSV"

QUESTION_LABEL: Final = "Question"
QUESTION_PLACEHOLDER: Final = "Ask about the documents"
AGENT_LABEL: Final = "Agent"
STEPS_TITLE: Final = "Steps"
SOURCES_TITLE: Final = "Sources"
ARTIFACTS_TITLE: Final = "Results"
ANSWER_TITLE: Final = "Answer"
TABS_LABEL: Final = "Answer and evidence"
WARNINGS_TITLE: Final = "Before you rely on this"

QUESTION_EMPTY: Final = "Write a question first."
QUESTION_TOO_LONG: Final = "The question is too long: the limit is {limit} kB of text. Shorten it."
REASONING: Final = "Show what the model thought"
TOOL_ARGUMENTS: Final = "Arguments"
TOOL_RESULT: Final = "Result"
FOUND_SOURCES: Final = "Sources it found:"
SOURCE: Final = "source"
MARKER_PENDING: Final = "source has not arrived yet"
MARKER_UNRESOLVED: Final = "no source was given"

FIRST_PIECE: Final = "first token"
METRIC_LABELS: Final[dict[str, str]] = {
    "ttfs_ms": "First status",
    "ttft_ms": "First token",
    "elapsed_ms": "Elapsed",
    "token_events_per_s": "Token events/s",
    "longest_gap_ms": "Longest silence",
}
METRIC_HINTS: Final[dict[str, str]] = {
    "ttfs_ms": "Time from accepting the question to the first sign of work",
    "ttft_ms": "Time from accepting the question to the first piece of the answer (TTFT)",
    "elapsed_ms": "Time since the question was accepted",
    "token_events_per_s": "Pieces of the answer per second; a piece is not a tokenizer token",
    "longest_gap_ms": "The longest time without any event",
}

NOTICES: Final[dict[str, tuple[str, str]]] = {
    "connecting": ("Connecting", "The question is on its way to the agent."),
    "reconnecting": (
        "Connection lost",
        "Everything received so far stays on screen. Playhead reconnects and continues by itself.",
    ),
    "backend_down": (
        "The backend is not answering",
        "What you see stays here, and Playhead keeps trying. If the backend is not running, start it: playhead serve",
    ),
    "refused": ("The backend refused this", "Change the question or the agent, and ask again."),
    "invalid_question": ("This question cannot be sent", "Change the question, and ask again."),
    "run_not_found": (
        "Run not found",
        "It was deleted, or the address is wrong. Ask the question again to start a new run.",
    ),
    "cancelled": ("Stopped", "The run was stopped. The answer so far is kept."),
    "timed_out": ("Timed out", "The run took longer than allowed. The answer so far is kept."),
    "failed": ("Failed", "The agent could not finish. The answer so far is kept."),
    "interrupted": ("Interrupted", "The run was interrupted before its end. The answer so far is kept."),
    "invalid_recording": ("This file cannot be replayed", "Choose a recording that Playhead saved."),
    "nothing_to_replay": (
        "Nothing to replay yet",
        "Choose a run or open a recording file to see what a watcher saw at any moment.",
    ),
    "nothing_to_compare": (
        "Nothing to compare yet",
        "Choose two runs, or ask two agents the same question, to see both on one clock.",
    ),
    "no_runs": ("No runs yet", "Runs appear here after the first question."),
    "no_run_fits": ("No run matches this search", "Search for fewer words, or for all agents and outcomes."),
    "no_answer": ("No answer", "The agent finished without writing an answer."),
}
"""Designed states by name: a heading and a sentence."""

RETRY_HINT: Final = "Try again."
WAIT_LONGER_HINT: Final = "“Wait longer” asks again with twice that limit."

EMPTY_STEPS: Final = "Steps appear here as the agent works."
EMPTY_SOURCES: Final = "Sources appear here with the answer."
EMPTY_ARTIFACTS: Final = "Charts, tables and documents appear here."
ARTIFACT_TITLES: Final[dict[str, str]] = {
    "chart": "Chart",
    "table": "Table",
    "documents": "Documents found",
    "value": "Figure",
}
ARTIFACT_REFUSED: Final = "This result is not shown."
CHART_AS_TABLE: Final = "The chart's data as a table"
SCORE_HINT: Final = "How well it matches the question, relative to the best match"

NO_STEPS: Final = "The agent reported no steps."
NO_SOURCES: Final = "The agent named no sources."
NO_ARTIFACTS: Final = "The agent made no charts or tables."

_STEP_LABELS: Final[dict[str, str]] = {
    "retrieving": "Searching the documents",
    "running_tool": "Running a tool",
    "summarizing": "Writing the answer",
    "completed": "Completed",
    "planning": "Planning",
    "thinking": "Thinking",
    "reading": "Reading the documents",
    "ranking": "Ranking the results",
    "verifying": "Checking the evidence",
    "charting": "Drawing a chart",
    "indexing": "Indexing the documents",
    "waiting": "Waiting",
    "retrying": "Trying again",
}

STATE_WORDS: Final[dict[StepStateName, str]] = {
    "started": "running",
    "progress": "running",
    "waiting": "waiting for you",
    "finished": "done",
    "failed": "failed",
    "cancelled": "cancelled",
}

_PAUSE_WORDS: Final[dict[StepStateName, str]] = {"started": "paused", "finished": "resumed"}
_MESSAGE_WORDS: Final[dict[StepStateName, str]] = {
    "started": "accepted",
    "finished": "delivered",
    "cancelled": "not delivered",
}

PHASE_WORDS: Final[dict[Phase, str]] = {
    "connecting": "Connecting",
    "open": "Working",
    "reconnecting": "Reconnecting",
    "ended": "Ended",
}

OUTCOME_WORDS: Final[dict[Outcome, str]] = {
    "completed": "Completed",
    "cancelled": "Stopped",
    "timed_out": "Timed out",
    "failed": "Failed",
    "interrupted": "Interrupted",
}

_MAX_LABEL: Final = 120
_WORD_BREAK = re.compile(r"[\s_.:/\-]+|(?<=[a-z0-9])(?=[A-Z])")


def readable(slug: str) -> str:
    """Any slug as words: ``fetch_filing-notes`` and ``fetchFilingNotes`` become ``Fetch filing notes``."""
    words = [word for word in _WORD_BREAK.split(slug) if word]
    plain = " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)
    return shortened(plain[:1].upper() + plain[1:]) or "Step"


def shortened(text: str, limit: int = _MAX_LABEL) -> str:
    """The text on one line, cut after ``limit`` characters with an ellipsis."""
    line = " ".join(text[: limit * 4].split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def step_label(step: StepView) -> str:
    """A step's name: its own label, else the words for its slug, with the tool's name if it runs one."""
    if step.step == STEERING:
        return words_messages.NEXT_QUESTION if step.mode == "queue" else words_messages.MESSAGE
    if step.label and step.label.strip():
        return shortened(step.label)
    known = _STEP_LABELS.get(step.step) or readable(step.step)
    if step.tool and step.step == "running_tool" and step.tool.name.strip():
        return shortened(f"{known}: {step.tool.name}")
    return known


def step_state(step: StepView) -> str:
    """A step's state in a word or two."""
    of_people = {PAUSED: _PAUSE_WORDS, STEERING: _MESSAGE_WORDS}.get(step.step, {})
    return of_people.get(step.state, STATE_WORDS[step.state])


def current_activity(view: RunView) -> str:
    """The run's current activity, in a few words: the innermost open step, else its phase, else its outcome."""
    stream = view.stream
    if stream.outcome is not None:
        return OUTCOME_WORDS[stream.outcome]
    if stream.phase != "open":
        return PHASE_WORDS[stream.phase]
    running = [step for step in stream.steps if step.is_open and step.step != STEERING]
    if stream.activity != "running":
        return _without_work(stream.activity, running)
    if running:
        return step_label(running[-1])
    return _STEP_LABELS["summarizing"] if view.message.answer else PHASE_WORDS["open"]


def _without_work(activity: Activity, steps: list[StepView]) -> str:
    """Why a run does not work: it is paused, or a step of these waits for somebody."""
    if activity == "paused":
        mode = next((step.mode for step in reversed(steps) if step.step == PAUSED), None)
        return words_steering.PAUSED.get(mode or "", words_steering.PAUSED_PLAINLY)
    waiting = [step for step in steps if waits_for_person(step)]
    return words_steering.WAITING_FOR.format(step=step_label(waiting[-1])) if waiting else words_steering.WAITING


def outcome_sentence(view: RunView) -> str:
    """How the run ended, in one sentence; empty while it runs."""
    outcome = view.stream.outcome
    if outcome is None:
        return ""
    if outcome == "completed":
        return NOTICES["no_answer"][1] if not view.message.answer.strip() else "The agent finished its answer."
    error = view.stream.error
    if error is not None and error.message.strip() and outcome != "cancelled":
        return shortened(error.message, 400)
    return NOTICES[outcome][1]


def signal_text(event: WarningEvent | ErrorEvent | ArtifactEvent) -> str:
    """A warning, an error or an artifact in a few words."""
    if isinstance(event, ArtifactEvent):
        return shortened(event.title) or ARTIFACT_TITLES[event.kind]
    return shortened(event.message) or readable(event.code)


def announcement(view: RunView) -> str:
    """One sentence for a screen reader's live region: changes when the activity changes, not with every token."""
    activity = current_activity(view)
    if not view.ended:
        return f"{activity}."
    return f"{activity}. {outcome_sentence(view)}"
