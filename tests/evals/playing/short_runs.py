"""Runs of a few events, played as a suite against a backend."""

import asyncio

from evals.evaluation.live import evaluate
from evals.files.evaluation import Evaluation
from evals.playing.watcher import Watcher
from evals.results.models import Target
from evals.suites.suite_file import parse_suite

SHORT = """title: Short
description: A few events of every kind that a cut must not lose.
question: What is short?
rate: 60
timeline:
  - step: retrieving
    lasts: 0.05
  - start: summarizing
  - cite: 1
    title: A source
    source: the shelf
  - value: total
    title: Pages
    amount: 508
  - say: "Brevity is short [1]."
  - warn: single_source
    message: One book only.
  - say: " So is this."
"""
STANDING = "  - step: looking_again\n    lasts: 50\n"
"""What keeps a run from its end until it is cancelled, however slow the machine."""


def measured(backend: str, runs: str, **suite: object) -> Evaluation:
    head = "".join(f"{key}: {value}\n" for key, value in {"suite": "own", "repeats": 1, "warm_up": 0, **suite}.items())
    loaded = parse_suite(f"{head}runs:\n{runs}".encode(), "own.yaml")
    return asyncio.run(evaluate(loaded, Target(url=backend, started_here=False), asyncio.Event(), Watcher()))


def events_of(backend: str, scenario: str) -> int:
    """How many events the scenario has."""
    (run,) = measured(backend, f"  - agent: scripted:{scenario}\n    speed: 0\n").runs
    assert run.result.as_expected, (run.result.error, run.result.surprises)
    return len(run.wire.events)
