"""What is known of a past run, beside its events, as the History place tells it."""

from typing import Protocol

from backend.present import words, words_history
from backend.present.durations import format_ms
from backend.present.markup import fragment, joined
from backend.protocol.events import Outcome


class RunFacts(Protocol):
    """A past run as the backend tells of it. Times in milliseconds; ``created_at`` is ISO 8601 in UTC."""

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
        (words_history.FIRST_TOKEN, format_ms(run.ttft_ms)),
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


def when(created_at: str) -> str:
    """``2026-11-23 10:05 UTC`` of a time in ISO 8601."""
    return f"{created_at[:16].replace('T', ' ')} UTC" if created_at else "–"
