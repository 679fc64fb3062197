"""How long a page takes to show what arrived, and how many bytes that costs: see METRICS, render delay.

The run's answer is the same short word over and over, one to a token event, so that the number of words on screen
says which event was the last one shown. A client of its own, in a thread of its own, stamps when each event arrives;
the script of ``evals.pages.frames`` stamps the animation frame after each change; the developer tools' protocol
counts the bytes. All three clocks are turned into seconds since the epoch on this machine.
"""

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, inf
from typing import Any

from playwright.async_api import Page

from backend.client.run_client import RunClient
from backend.protocol.events import TokenEvent
from evals.pages.frames import read_clock, read_frames

WORDS_PER_PARAGRAPH = 50
_WORD = "word"


def scenario(events: int, rate: float) -> str:
    """A scenario of that many token events, a whole number of paragraphs, at ``rate`` a second."""
    paragraph = " ".join([_WORD] * WORDS_PER_PARAGRAPH)
    return f"""title: Measured {events}
description: The same word {events} times, for measuring how pages keep up.
question: How fast is this drawn?
rate: {rate}
timeline:
  - step: retrieving
    lasts: 1.5
  - start: summarizing
  - repeat: {events // WORDS_PER_PARAGRAPH}
    do:
      - say: "{paragraph}\\n\\n"
"""


@dataclass
class Traffic:
    """What the browser received: when (seconds since the epoch) and how many bytes, as the page's scripts get them."""

    received: list[tuple[float, int]] = field(default_factory=list)
    _wall_less_monotonic: float | None = None

    def between(self, start_s: float, end_s: float) -> int:
        """Bytes received in that time."""
        return sum(size for at, size in self.received if start_s <= at < end_s)

    def note_clock(self, sent: dict[str, Any]) -> None:
        """A request tells both of the browser's clocks; the first one settles their difference."""
        if self._wall_less_monotonic is None:
            self._wall_less_monotonic = sent["wallTime"] - sent["timestamp"]

    def note_data(self, data: dict[str, Any]) -> None:
        """A piece of a response: Gradio's server-sent events."""
        self._note(data["timestamp"], data["dataLength"])

    def note_frame(self, data: dict[str, Any]) -> None:
        """A WebSocket message: Streamlit's deltas. Binary ones come as base64."""
        payload = data["response"]["payloadData"]
        binary = data["response"]["opcode"] == 2
        self._note(data["timestamp"], len(base64.b64decode(payload)) if binary else len(payload.encode()))

    def _note(self, monotonic: float, size: int) -> None:
        if self._wall_less_monotonic is not None:
            self.received.append((monotonic + self._wall_less_monotonic, size))


@asynccontextmanager
async def counted_traffic(page: Page) -> AsyncIterator[Traffic]:
    """Count what this page receives while inside; to be entered before the page is opened."""
    traffic = Traffic()
    session = await page.context.new_cdp_session(page)
    session.on("Network.requestWillBeSent", traffic.note_clock)
    session.on("Network.dataReceived", traffic.note_data)
    session.on("Network.webSocketFrameReceived", traffic.note_frame)
    await session.send("Network.enable")
    yield traffic
    await session.detach()


async def frames_shown(page: Page) -> list[tuple[float, int]]:
    """The frames that showed more words than those before: seconds since the epoch, and words on screen."""
    clock, epoch_ns = await read_clock(page), time.time_ns() - time.perf_counter_ns()
    shown: list[tuple[float, int]] = []
    for frame in (await read_frames(page))[1]:
        if (words := frame.letters // len(_WORD)) > (shown[-1][1] if shown else 0):
            shown.append(((clock.ns(frame.at_ms) + epoch_ns) / 1e9, words))
    return shown


async def token_arrivals(backend_url: str, run_id: str) -> list[float]:
    """When each token event of a run reached a client on this machine, in seconds since the epoch."""

    async def follow() -> list[float]:
        async with aclosing(RunClient(backend_url).follow(run_id)) as events:
            return [time.time() async for event in events if isinstance(event, TokenEvent)]

    # Not on the loop of the browser's messages: they would make the stamps late, and so the delays short.
    return await asyncio.to_thread(lambda: asyncio.run(follow()))


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run in one page. Delays in milliseconds by token event, in order; bytes received by the browser while the
    first half of the answer was shown, the second half, and with its last words and the end of the run."""

    delays_ms: tuple[float, ...]
    first_half_bytes: int
    second_half_bytes: int
    end_bytes: int
    answer_bytes: int

    def percentile(self, share: float, part: slice = slice(None)) -> float:
        """Nearest rank, of all events or a part of them."""
        delays = sorted(self.delays_ms[part])
        return delays[max(0, ceil(share * len(delays)) - 1)]

    @property
    def first_tenth(self) -> slice:
        """The first tenth of the events."""
        return slice(0, len(self.delays_ms) // 10)

    @property
    def last_tenth(self) -> slice:
        """The last tenth of the events."""
        return slice(len(self.delays_ms) - len(self.delays_ms) // 10, None)

    def summary(self) -> dict[str, float | int]:
        """The figures by the keys of METRICS where it has them, milliseconds and bytes."""
        return {
            "token_events": len(self.delays_ms),
            "render_delay_p50_ms": round(self.percentile(0.5), 1),
            "render_delay_p95_ms": round(self.percentile(0.95), 1),
            "render_delay_max_ms": round(max(self.delays_ms), 1),
            "first_tenth_p50_ms": round(self.percentile(0.5, self.first_tenth), 1),
            "last_tenth_p50_ms": round(self.percentile(0.5, self.last_tenth), 1),
            "last_tenth_p95_ms": round(self.percentile(0.95, self.last_tenth), 1),
            "first_half_bytes": self.first_half_bytes,
            "second_half_bytes": self.second_half_bytes,
            "end_bytes": self.end_bytes,
            "answer_bytes": self.answer_bytes,
        }


def measured(arrivals: list[float], frames: list[tuple[float, int]], traffic: Traffic | None = None) -> Measurement:
    """Bring the three together. ``frames`` must end with every word shown.

    Raises ``ValueError`` if the page never showed some of what arrived.
    """
    if not frames or frames[-1][1] != len(arrivals):
        raise ValueError(f"{len(arrivals)} words arrived, and the page showed {frames[-1][1] if frames else 0}")
    delays, shown = [], iter(frames)
    at, words = next(shown)
    half_at = 0.0
    for number, arrived in enumerate(arrivals, 1):
        while words < number:
            at, words = next(shown)
        delays.append((at - arrived) * 1000)
        if number == len(arrivals) // 2:
            half_at = at
    # The last words may come with the end of the run, in one message that holds everything once more.
    moments = (arrivals[0], half_at, frames[-2][0], inf)
    first, second, end = (traffic.between(*span) if traffic else 0 for span in pairwise(moments))
    return Measurement(tuple(delays), first, second, end, answer_bytes=len(arrivals) * (len(_WORD) + 1))
