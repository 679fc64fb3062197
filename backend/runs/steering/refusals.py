"""What a person is answered whose wish a run cannot carry out now."""

from typing import Any


class SteeringRefusal(Exception):
    """The run's state does not allow it. ``slug`` names the kind, ``sentence`` says what to do, and ``members`` are the
    state as JSON values."""

    def __init__(self, slug: str, sentence: str, **members: Any) -> None:
        super().__init__(sentence)
        self.slug = slug
        self.sentence = sentence
        self.members = members


def run_ended(reason: str | None = None) -> SteeringRefusal:
    """For a run that has an end, or gets one just now. ``reason`` is why the request was closed."""
    return SteeringRefusal("run-ended", "The run has ended: ask again to continue.", reason=reason)


def unknown_input() -> SteeringRefusal:
    """For an id that the run never asked with."""
    return SteeringRefusal("unknown-input", "Request not found: reload the run to see what it asks.")
