"""Reasons not to compare two results or their times, and other differences between them."""

from collections.abc import Mapping
from typing import Any, Final

from evals.comparison.pairs import Pairing
from evals.results.groups import TRANSPORT_WORDS
from evals.results.models import Results
from evals.results.overload import overload

_DECISIVE: Final = ("processor", "cores", "usable_cores")
"""The properties that distinguish machines. Systems are updated, and memory is counted differently, without that."""


class ComparisonError(Exception):
    """The two results cannot be compared. The message names the one in the way, and the next action."""


def check_comparable(a: Results, b: Results) -> None:
    """Refuse two results that do not measure the same thing. Raises ``ComparisonError``."""
    for which, results in (("first", a), ("second", b)):
        if not results.runs:
            raise ComparisonError(f"The {which} results contain no runs: there is nothing to compare.")
    if a.suite.name != b.suite.name:
        raise ComparisonError(
            f"These are results of two suites, {a.suite.name!r} and {b.suite.name!r}: compare results of the same one."
        )
    if a.target.plane != b.target.plane:
        raise ComparisonError(
            "One of the results has the times of the wire and the other those of recordings' servers: "
            "measure both, or score both from recordings."
        )
    if a.suite.concurrency != b.suite.concurrency:
        raise ComparisonError(
            f"One suite was played {a.suite.concurrency} runs at a time and the other {b.suite.concurrency}: "
            "play both under the same load."
        )
    ways = [_transports(results) for results in (a, b)]
    if not set(ways[0]) & set(ways[1]):
        raise ComparisonError(
            f"The runs of one result were read over {' and '.join(ways[0])}, those of the other over "
            f"{' and '.join(ways[1])}: play both over the same transport."
        )


def _transports(results: Results) -> tuple[str, ...]:
    """How the runs were read, in words; a page reads its runs itself."""
    return tuple(dict.fromkeys(TRANSPORT_WORDS[run.transport] for run in results.runs))


def doubts(a: Results, b: Results) -> tuple[str, ...]:
    """Sentences with the reasons why no time can be judged; empty if there are none."""
    found = []
    for which, results in (("A", a), ("B", b)):
        busy = overload(results.harness, results.machine.get("usable_cores"))
        if busy is not None:
            found.append(f"While {which} was measured the machine was too busy: {busy}.")
    found += [
        f"A and B were measured on different machines: {fact.replace('_', ' ')} "
        f"{a.machine.get(fact)} and {b.machine.get(fact)}."
        for fact in _DECISIVE
        if a.machine.get(fact) != b.machine.get(fact)
    ]
    return tuple(found)


def notes(a: Results, b: Results, pairing: Pairing) -> tuple[str, ...]:
    """Further notes for a reader: scenarios that only one of the results contains, and other differences."""
    found = []
    for which, names in (("A", pairing.only_a), ("B", pairing.only_b)):
        if names:
            found.append(f"Only {which} has {', '.join(names)}: not compared.")
    changed = [
        f"{name} {a.versions.get(name, 'none')} and {b.versions.get(name, 'none')}"
        for name in dict.fromkeys((*a.versions, *b.versions))
        if a.versions.get(name) != b.versions.get(name)
    ]
    if changed:
        found.append(f"Versions differ: {', '.join(changed)}.")
    if a.machine.get("system") != b.machine.get("system"):
        found.append(f"Systems differ: {a.machine.get('system')} and {b.machine.get('system')}.")
    for which, results in (("A", a), ("B", b)):
        left = results.suite.unfinished_runs
        if left:
            found.append(f"{which} was stopped early: {left} runs were not played.")
        failed = sum(run.error is not None for run in results.runs)
        if failed:
            found.append(f"{failed} runs of {which} could not be measured to their end: they have no values.")
    return tuple(found)


def machine_text(machine: Mapping[str, Any]) -> str:
    """The machine in a few words; empty for results of recordings, which name none."""
    parts = [machine.get("processor"), f"{machine['cores']} cores" if machine.get("cores") else None]
    return ", ".join(str(part) for part in parts if part)
