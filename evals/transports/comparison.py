"""All cases of the comparison, in order, on one backend."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from evals.playing.harness import machine, measured_effort, versions
from evals.transports import control, presence, recovery, stalled_reader, streams, tabs, through_nginx
from evals.transports.bench import Bench, fresh_backend
from evals.transports.tables import CaseTable, TransportFigures

CASES: Final[Mapping[str, Callable[[Bench], Awaitable[CaseTable]]]] = {
    "streams": streams.measure,
    "control": control.measure,
    "recovery": recovery.measure,
    "nginx": through_nginx.measure,
    "tabs": tabs.measure,
    "presence": presence.measure,
    "stalled": stalled_reader.measure,
}

Begun = Callable[[str], None]
"""Called with the name of each case when it begins."""


def compare_transports(only: Sequence[str], begun: Begun) -> TransportFigures:
    """Measure the cases, all of them if ``only`` is empty. Raises ``ChildFailed``, ``TransportBenchError`` and
    ``ChannelFailed``.
    """
    with fresh_backend() as backend:
        return asyncio.run(_compared(backend, [name for name in CASES if not only or name in only], begun))


async def _compared(backend: Bench, names: Sequence[str], begun: Begun) -> TransportFigures:
    tables = []
    async with measured_effort() as effort:
        for name in names:
            begun(name)
            tables.append(await CASES[name](backend))
    return TransportFigures(
        measured_at=datetime.now(UTC).isoformat(timespec="minutes"),
        machine=dict(machine()),
        versions=versions(),
        load=(effort.load_before, effort.load_after),
        cpu_pressure=effort.cpu_pressure,
        lasted_s=round(effort.lasted_s, 1),
        cases=tuple(tables),
    )
