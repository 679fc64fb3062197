"""The server under ``benchmarks.live``: Playhead with agents of known pace, and a bare ASGI task beside it.

``python -m benchmarks._live_backend FOLDER`` prints its address. ``/bare/COUNT-RATE`` sends the bytes that a run of the
agent ``paced:COUNT-RATE`` sends, from one task on the same uvicorn: no log, no agent, no middleware.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from pydantic import JsonValue
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.agents.agent import Agent, AgentOffer, Progress, RunContext, RunRequest
from backend.protocol.events import ArtifactEvent, Draft, KnownEvent, TokenEvent

EVENTS_PER_TURN = 32
"""How many events are sent at full speed between two turns of the event loop, as scripted agents do."""

CHART_POINTS = 30_000
CHART_PAUSE_S = 0.4


def chart() -> dict[str, JsonValue]:
    """A chart of about 540 KB as JSON."""
    points = range(CHART_POINTS)
    trace: dict[str, JsonValue] = {
        "type": "scatter",
        "x": [float(point) for point in points],
        "y": [round(point * 0.37, 4) for point in points],
    }
    return {"data": [trace], "layout": {"title": {"text": "Revenue"}}}


def split_variant(variant: str) -> tuple[int, float]:
    """Count and rate of ``COUNT-RATE``."""
    count, _, rate = variant.partition("-")
    return int(count), float(rate)


class PacedAgent:
    """Sends ``count`` tokens, ``rate`` a second, or all at once with a rate of 0. A token's text is the moment when it
    was due, in seconds of the machine's monotonic clock."""

    def __init__(self, count: int, rate: float) -> None:
        self._count = count
        self._rate = rate

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """The tokens."""
        async for due in moments(self._count, self._rate):
            yield TokenEvent(text=f"{due:.6f} ")


class ChartAgent:
    """Sends so many charts, one every ``CHART_PAUSE_S`` seconds."""

    def __init__(self, count: int) -> None:
        self._count = count

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """The charts."""
        content = chart()
        for number in range(self._count):
            await asyncio.sleep(CHART_PAUSE_S)
            yield ArtifactEvent(artifact_id=f"a{number}", kind="chart", title="Revenue", content=content)


class IdleAgent:
    """Sends one token and then nothing."""

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """One token."""
        yield TokenEvent(text="token ")
        await asyncio.Event().wait()


async def moments(count: int, rate: float) -> AsyncIterator[float]:
    """The moments when events are due, each when it has come."""
    began = time.monotonic()
    for number in range(count):
        if rate:
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            yield due
        else:
            if number % EVENTS_PER_TURN == 0:
                await asyncio.sleep(0)
            yield time.monotonic()


class Provider:
    """Offers ``paced:COUNT-RATE``, ``paced:charts-COUNT`` and ``paced:idle``."""

    name = "paced"

    async def prepare(self, progress: Progress) -> Sequence[str]:
        """Nothing to do."""
        return ()

    async def offers(self) -> Sequence[AgentOffer]:
        """Nothing listed."""
        return ()

    async def open(self, variant: str) -> Agent:
        """The agent."""
        if variant == "idle":
            return IdleAgent()
        if variant.startswith("charts-"):
            return ChartAgent(int(variant.removeprefix("charts-")))
        return PacedAgent(*split_variant(variant))

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        """Unknown."""
        return None


def with_bare_streams(app: ASGIApp) -> ASGIApp:
    """The app, with the bare streams in front of it."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if not path.startswith("/bare/"):
            await app(scope, receive, send)
            return
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        variant = path.removeprefix("/bare/")
        if variant == "idle":
            await send({"type": "http.response.body", "body": _frame(1, 0.0, "token "), "more_body": True})
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        began, seq = time.monotonic(), 0
        async for due in moments(*split_variant(variant)):
            seq += 1
            frame = _frame(seq, (time.monotonic() - began) * 1000, f"{due:.6f} ")
            await send({"type": "http.response.body", "body": frame, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return serve


def _frame(seq: int, at_ms: float, text: str) -> bytes:
    data = f'{{"seq":{seq},"at_ms":{round(at_ms, 3)},"type":"token","text":"{text}"}}'
    return f"id: 1-{seq}\nevent: token\ndata: {data}\n\n".encode("ascii")


async def serve(folder: Path) -> None:
    """Serve until the process is stopped."""
    from backend.api.app import create_app
    from backend.api.server import Server, address_of, listen
    from backend.settings import Settings
    from backend.wiring import build_services, running, stop

    settings = Settings(data_dir=folder, max_concurrent_runs=1000, silence_timeout_s=600, default_timeout_s=600)
    services = build_services(settings, [Provider()])
    app = with_bare_streams(create_app(services))
    listener = listen("127.0.0.1", 0)

    def started() -> None:
        print(address_of(listener), flush=True)  # noqa: T201 - the parent reads it

    async with running(services):
        await Server(app, stop=lambda: stop(services), started=started).serve([listener])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    asyncio.run(serve(parser.parse_args().folder))
