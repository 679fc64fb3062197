"""The facts about a past run, besides its events, as the History page shows them."""

from typing import Final, Protocol

from backend.present.markup import Markup, fragment, joined
from backend.present.pages.run_titles import LONGEST_QUESTION, run_title
from backend.present.words import history as words_history, run as words
from backend.present.words.durations import format_ms
from backend.protocol.events import Outcome

_TONES: Final = {
    "completed": "good",
    "cancelled": "muted",
    "timed_out": "bad",
    "failed": "bad",
    "interrupted": "bad",
}


class RunFacts(Protocol):
    """A past run as the backend knows it. Times in milliseconds; ``created_at`` is ISO 8601 in UTC."""

    @property
    def run_id(self) -> str:
        """Its id."""
        ...

    @property
    def question(self) -> str:
        """The question."""
        ...

    @property
    def agent(self) -> str:
        """The agent that answered."""
        ...

    @property
    def created_at(self) -> str:
        """The time of the question."""
        ...

    @property
    def outcome(self) -> Outcome | None:
        """Its outcome; None while it runs."""
        ...

    @property
    def duration_ms(self) -> float | None:
        """Its duration."""
        ...

    @property
    def ttft_ms(self) -> float | None:
        """The time to its first token."""
        ...

    @property
    def last_seq(self) -> int:
        """The number of its events."""
        ...

    @property
    def worker(self) -> str | None:
        """The worker that ran it, where there are many machines."""
        ...


def chosen_run_html(run: RunFacts) -> str:
    """The run chosen from the list, with the facts about it."""
    facts = [
        (words.AGENT_LABEL, run.agent),
        (words_history.OUTCOME_LABEL, words.OUTCOME_WORDS[run.outcome] if run.outcome else words_history.RUNNING),
        (words_history.ASKED, when(run.created_at)),
        (words_history.TOOK, format_ms(run.duration_ms)),
        (words_history.ANSWERED_AFTER, format_ms(run.ttft_ms)),
        (words_history.EVENTS, f"{run.last_seq:,}"),
        *([(words_history.WORKER, run.worker)] if run.worker else []),
    ]
    rows = joined(fragment("<dt>{}</dt><dd>{}</dd>", name, value) for name, value in facts)
    return str(
        fragment(
            '<div class="ph ph-chosen-run"><p class="ph-chosen-question" dir="auto">{}</p><dl>{}</dl></div>',
            run.question,
            rows,
        )
    )


def listed_question(run: RunFacts) -> str:
    """The run's question as a list shows it; the run's id if it has none."""
    return words.shortened(run.question, LONGEST_QUESTION) or run.run_id


def listed_run(run: RunFacts) -> str:
    """The run in one line of plain text: its question, agent, time and outcome."""
    return run_title(listed_question(run), run.agent, run.created_at, run.outcome, LONGEST_QUESTION)


def run_facts_html(run: RunFacts) -> Markup:
    """The run in one line, inside a card: its outcome, agent, time and duration."""
    state = words.OUTCOME_WORDS[run.outcome] if run.outcome else words_history.RUNNING
    facts = [run.agent, when(run.created_at), format_ms(run.duration_ms) if run.outcome else ""]
    tone = _TONES.get(run.outcome or "", "accent")
    return fragment(
        '<span class="ph-card-facts ph-tone--{}"><span class="ph-run-outcome">{}</span>{}</span>',
        tone,
        state,
        joined(fragment("<span>{}</span>", fact) for fact in facts if fact),
    )


def when(created_at: str) -> str:
    """A time in ISO 8601 as ``2026-11-23 10:05 UTC``."""
    return f"{created_at[:16].replace('T', ' ')} UTC" if created_at else "–"


def no_run_chosen_html() -> str:
    """The notice before a run is chosen."""
    return str(fragment('<p class="ph ph-empty">{}</p>', words_history.CHOOSE_RUN))
