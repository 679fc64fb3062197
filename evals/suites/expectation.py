"""What a suite says about the right end and the right answer of a scenario.

Field of a suite's scenario, the outcome alone or a mapping::

    expect: completed
    expect:
      outcome: completed
      sources: ["2023 Q3 *"]          # globs over file names: the answer rests on one of them
      subject: ["*AAPL*"]             # globs for every file about what was asked  [default: sources]
      numbers: [81797, "12.5 %"]      # stand in the answer or its artifacts
      text: ["net sales"]
      not_found: false                # true: nothing is there to be found; null: either is right

This module is what a suite says; ``backend.metrics`` compares runs with it.
"""

from dataclasses import replace
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from backend.metrics.expectation import Expectation
from backend.metrics.numbers import Number, written_number
from backend.protocol.events import Outcome

EXPECT: Final = (
    "completed, cancelled, timed_out, failed or interrupted, or a mapping such as "
    '{sources: ["2023 Q3 *"], numbers: [81797], text: ["net sales"]}'
)
MOST_LISTED: Final = 200
"""The largest number of globs, numbers or texts of one scenario."""

_GLOBS: Final = 'a list of globs over file names, such as ["2023 Q3 *"]'
_NUMBERS: Final = 'a list of numbers, such as [81797, "12.5 %", "1.2 billion"]'
_TEXT: Final = 'a list of texts, such as ["net sales"]'


def _listed(value: object) -> object:
    """One value may stand without its list."""
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str | int | float) and not isinstance(value, bool) else value


_Words = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")], ...], BeforeValidator(_listed)
]


class WrittenExpectation(BaseModel):
    """What is expected of a scenario's runs: their outcome, and the content of their answers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    outcome: Outcome | None = Field(default=None, description="completed, cancelled, timed_out, failed or interrupted")
    sources: _Words = Field(default=(), strict=False, max_length=MOST_LISTED, description=_GLOBS)
    subject: _Words = Field(default=(), strict=False, max_length=MOST_LISTED, description=_GLOBS)
    numbers: Annotated[tuple[int | float | str, ...], BeforeValidator(_listed)] = Field(
        default=(), strict=False, max_length=MOST_LISTED, description=_NUMBERS
    )
    text: _Words = Field(default=(), strict=False, max_length=MOST_LISTED, description=_TEXT)
    not_found: bool | None = Field(default=None, description="true, false, or null where both are right")

    @field_validator("numbers")
    @classmethod
    def _are_numbers(cls, value: tuple[int | float | str, ...]) -> tuple[int | float | str, ...]:
        for one in value:
            _number(one)
        return value

    @property
    def content(self) -> Expectation | None:
        """What is expected of the answer; None where only the outcome is.

        Where nothing is said of ``not_found``, an answer that has sources, numbers or text is there to be found.
        """
        has_answer = bool(self.sources or self.numbers or self.text)
        implied = False if has_answer and "not_found" not in self.model_fields_set else self.not_found
        found = Expectation(
            sources=self.sources,
            subject=self.subject,
            numbers=tuple(map(_number, self.numbers)),
            text=self.text,
            not_found=implied,
        )
        return None if found == Expectation() else found


def as_mapping(value: object) -> object:
    """The outcome alone, as the mapping that it stands for."""
    return {"outcome": value} if isinstance(value, str) else value


def _number(written: float | str) -> Number:
    """Raises ``ValueError`` for a text that is not one number."""
    if isinstance(written, bool) or (found := written_number(str(written))) is None:
        raise ValueError(f"{written!r} is not a number")
    # Only in a text may a point group thousands.
    return found if isinstance(written, str) else replace(found, alternative=None)
