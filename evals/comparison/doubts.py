"""Why the times of two results may not be comparable at all, and what else differs between them."""

from collections.abc import Mapping
from typing import Any, Final

from evals.comparison.pairs import Pairing
from evals.results.models import Results
from evals.results.overload import overload

_DECISIVE: Final = ("processor", "cores", "usable_cores")
"""What makes another machine of it. Systems are updated, and memory is counted differently, without that."""


def doubts(a: Results, b: Results) -> tuple[str, ...]:
    """Sentences that say why no time can be judged; empty where nothing speaks against it."""
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
    """What else a reader should know: what one of the results holds alone, and what else differs."""
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
    """The machine in a few words; empty for results of recordings, which say nothing of one."""
    parts = [machine.get("processor"), f"{machine['cores']} cores" if machine.get("cores") else None]
    return ", ".join(str(part) for part in parts if part)
