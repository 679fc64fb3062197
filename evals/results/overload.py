"""Whether a machine was too busy for its times to mean anything, in a sentence.

Three signs, any of which is enough. How late the harness's own loop woke up says how late its stamps may be. How busy
the harness was says whether it could keep up at all. And where the system tells it (Linux: pressure stall information,
https://docs.kernel.org/accounting/psi.html), the share of the time in which some task had to wait for a core says how
busy everything else was, the target on this machine among it.
"""

from typing import Final

from evals.results.models import Harness

LATE_LOOP_MS: Final = 50.0
"""The p99 of the loop's lag from which on stamps are not to be trusted: half of what people take for an instant."""

BUSY_HARNESS: Final = 0.9
"""Of one core; above it the harness waits for itself."""

PRESSED: Final = 0.6
"""Of the time; a target that computes on two cores beside the harness was seen at 0.1 to 0.3."""


def overload(harness: Harness, cores: object = None) -> str | None:
    """Why the times of these results are not to be trusted, or None where nothing speaks against them.

    ``cores`` is how many the machine has, as results name it. Where the system does not tell for how long tasks waited,
    more of them on average than there are cores (the load) stand for that.
    """
    late = harness.loop_lag_ms.p99
    if late is not None and late > LATE_LOOP_MS:
        return f"the harness's loop ran {late:.0f} ms late (p99)"
    if harness.cpu_share is not None and harness.cpu_share > BUSY_HARNESS:
        return f"the harness itself was busy {harness.cpu_share:.0%} of the time"
    load = harness.load.get("after")
    if harness.cpu_pressure is None:
        if load is not None and isinstance(cores, int) and load > cores:
            return f"the load was {load:g} on {cores} cores"
    elif harness.cpu_pressure > PRESSED:
        return f"tasks had to wait for a core {harness.cpu_pressure:.0%} of the time"
    return None
