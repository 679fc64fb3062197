"""Options of ``playhead eval`` that cannot be used together, each refused in one sentence."""

from collections.abc import Mapping
from typing import Any

import click


def check_together(options: Mapping[str, Any]) -> None:
    """Refuse options that contradict each other. ``options`` are the parameters of the command by name. Raises
    ``click.UsageError``."""
    given = {name for name, value in options.items() if value not in (None, ())}
    if {"suite", "questions"} <= given:
        raise click.UsageError("Name a SUITE or give --questions, not both.")
    _refuse(
        given, "recordings", ("url", "target", "docs", "agent", "concurrency", "through", "repeat"), "nothing is played"
    )
    _refuse(given, "target", ("url", "docs", "agent", "through"), "it is not a Playhead backend")
    _refuse(given, "url", ("docs",), "a backend that is running has its folder already")
    _refuse_without_questions(given)


def _refuse(given: set[str], option: str, others: tuple[str, ...], why: str) -> None:
    """Refuse any of ``others`` beside ``option``."""
    beside = [f"--{name}" for name in others if name in given]
    if option in given and beside:
        raise click.UsageError(f"{' and '.join(beside)} cannot be used with --{option}: {why}.")


def _refuse_without_questions(given: set[str]) -> None:
    alone = [f"--{name}" for name in ("agent", "concurrency") if name in given]
    if alone and "questions" not in given:
        raise click.UsageError(f"{' and '.join(alone)} can only be used with --questions: a suite has its own.")
