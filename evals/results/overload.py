"""Whether a machine was too busy for its times to mean anything, in a sentence.

Any of three signs is enough. The delay with which the harness's loop woke up shows how late its stamps may be. The CPU
share of the harness shows whether it could keep up at all. The share of the time in which some task had to wait for a
core shows how busy everything else was, including a target on this machine; only some systems report it (Linux:
pressure stall information, https://docs.kernel.org/accounting/psi.html).
"""

from typing import Final

from evals.results.harness_figures import Harness

LATE_LOOP_MS: Final = 50.0
"""The p99 of the loop's lag, in milliseconds, above which stamps are not trusted: half of what people perceive as an
instant."""

BUSY_HARNESS: Final = 0.9
"""The share of one core above which the harness waits for itself."""

PRESSED: Final = 0.6
"""The highest accepted share of the time in which tasks wait for a core. Beside a target that computes on two cores,
shares of 0.1 to 0.3 were measured."""


def overload(harness: Harness, cores: object = None) -> str | None:
    """Why the times of these results cannot be trusted, or None if they can.

    ``cores`` is the machine's number of cores as results name it. Where the system does not report how long tasks
    waited, a load average above the number of cores is the sign instead.
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
