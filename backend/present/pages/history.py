"""What is known of a past run, beside its events, as the History page shows it."""

from typing import Final, Protocol

from backend.present.markup import fragment, joined
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
        """What was asked."""
        ...

    @property
    def agent(self) -> str:
        """Who answered."""
        ...

    @property
    def created_at(self) -> str:
        """When it was asked."""
        ...

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; None while it runs."""
        ...

    @property
    def duration_ms(self) -> float | None:
        """How long it took."""
        ...

    @property
    def ttft_ms(self) -> float | None:
        """When its first token came."""
        ...

    @property
    def last_seq(self) -> int:
        """How many events it has."""
        ...


def chosen_run_html(run: RunFacts) -> str:
    """The run that was chosen from the list, with what is known of it."""
    facts = [
        (words.AGENT_LABEL, run.agent),
        (words_history.OUTCOME_LABEL, words.OUTCOME_WORDS[run.outcome] if run.outcome else words_history.RUNNING),
        (words_history.ASKED, when(run.created_at)),
        (words_history.TOOK, format_ms(run.duration_ms)),
        (words_history.ANSWERED_AFTER, format_ms(run.ttft_ms)),
        (words_history.EVENTS, f"{run.last_seq:,}"),
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
    """The run's question as a list shows it; the run's id where it has none."""
    return words.shortened(run.question, LONGEST_QUESTION) or run.run_id


def listed_run(run: RunFacts) -> str:
    """The run in one line of plain text: its question, who answered, when it was asked, how it ended."""
    return run_title(listed_question(run), run.agent, run.created_at, run.outcome, LONGEST_QUESTION)


def run_line_html(run: RunFacts) -> str:
    """The run in one line, for a list: how it ended, who answered, when it was asked, how long it took."""
    state = words.OUTCOME_WORDS[run.outcome] if run.outcome else words_history.RUNNING
    facts = [run.agent, when(run.created_at), format_ms(run.duration_ms) if run.outcome else ""]
    tone = _TONES.get(run.outcome or "", "accent")
    return str(
        fragment(
            '<ul class="ph ph-facts ph-run-line ph-tone--{}"><li class="ph-run-outcome">{}</li>{}</ul>',
            tone,
            state,
            joined(fragment("<li>{}</li>", fact) for fact in facts if fact),
        )
    )


def when(created_at: str) -> str:
    """``2026-11-23 10:05 UTC`` of a time in ISO 8601."""
    return f"{created_at[:16].replace('T', ' ')} UTC" if created_at else "–"


def no_run_chosen_html() -> str:
    """What stands there before a run is chosen."""
    return str(fragment('<p class="ph ph-empty">{}</p>', words_history.CHOOSE_RUN))
