"""A connection that is cut after every event: how long until the next new event, and whether anything is lost."""

from typing import Final

from backend.metrics.delivery import duplicates, lost
from backend.metrics.trace import Trace
from evals.playing.connections import Connections
from evals.playing.run_player import play_run
from evals.playing.target import Play
from evals.scoring.continuation import joined, kept_differences, recoveries
from evals.scoring.scored_run import wire_trace
from evals.suites.disturbance import Cut, Transport
from evals.suites.suite import SuiteScenario
from evals.transports.bench import DEADLINE_S, Bench, TransportBenchError
from evals.transports.scenarios import QUICK
from evals.transports.tables import CaseTable, Cell, percentile

COLUMNS: Final = (
    "transport",
    "cuts",
    "next event p50 ms",
    "p95 ms",
    "max ms",
    "lost",
    "twice",
    "view as without a cut",
)

ROUNDS: Final = 3
_OVER: Final[tuple[tuple[str, Transport], ...]] = (("sse", "events"), ("websocket", "websocket"))


async def measure(bench: Bench, rounds: int = ROUNDS) -> CaseTable:
    """The same run over both transports, so many times."""
    rows = [(name, *await _cut(bench, transport, rounds)) for name, transport in _OVER]
    note = (
        "A run of 40 tokens, 50 a second, whose connection is cut by the reader after every event; the next one "
        "continues at the cursor, and is opened at once. The time is from the cut to the first new event, which "
        "is written up to 20 ms after the one before. The view is compared with that of the whole log, read "
        "later."
    )
    return CaseTable("recovery", "Cut after every event", COLUMNS, tuple(rows), note)


async def _cut(bench: Bench, transport: Transport, rounds: int) -> tuple[Cell, ...]:
    whole = await _played(bench, transport, None)
    count = len(whole[1].events)
    times: list[float] = []
    missing = again = differing = 0.0
    for _ in range(rounds):
        connections, trace = await _played(bench, transport, Cut(after_events=tuple(range(1, count))))
        if trace.done is None:
            raise TransportBenchError(f"A run that was cut over {transport} never ended.")
        times += [recovery for _, recovery in recoveries(connections, trace) if recovery is not None]
        missing += lost(trace) or 0
        again += duplicates(trace) or 0
        differing += connections.log is None or bool(kept_differences(connections.log, trace))
    figures = [percentile(times, share) for share in (0.5, 0.95)]
    return (
        len(times), *figures, round(max(times, default=0.0), 1), int(missing), int(again), "no" if differing else "yes",
    )  # fmt: skip


async def _played(bench: Bench, transport: Transport, cut: Cut | None) -> tuple[Connections, Trace]:
    scenario = SuiteScenario(f"scripted:{QUICK}", None, 1, 1.0, 0, None, cut=cut, transport=transport)
    connections = await play_run(Play(scenario, "How fast?", None, "completed", {}), bench.address, DEADLINE_S)
    return connections, wire_trace(connections.first, joined(connections))
