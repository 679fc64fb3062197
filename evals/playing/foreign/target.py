"""A foreign agent as a target: its questions, its requests, and how its answers are read."""

import asyncio
import os
import sys
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import uuid4

from backend.dialects.addresses import (
    KEY_VARIABLE,
    MODEL_VARIABLE,
    AddressError,
    RemoteAddress,
    remote_address,
    remote_key,
)
from backend.dialects.registry import DIALECTS
from backend.dialects.requests import ForeignQuestion, remote_request
from evals.playing.connections import Connections
from evals.playing.foreign.timed_events import foreign_end, read_foreign
from evals.playing.target import Play, TargetError
from evals.suites.suite import Suite
from evals.wire.arrivals import Arrivals, request_bytes
from evals.wire.exchange import CONNECT_TIMEOUT_S, Address, Capture, exchange
from evals.wire.message_end import message_end

USUAL_SUITE = "target"
"""The bundled suite of questions that any agent can be asked."""

AGENT = "remote"
"""Its name in results, the same as for a Playhead backend that plays the same agent: so both can be compared."""

_ANY = sys.maxsize


@dataclass(frozen=True, slots=True)
class ForeignTarget:
    """An agent at an address of its own, asked in its dialect."""

    remote: RemoteAddress
    key: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> "ForeignTarget":
        """Read ``DIALECT:URL``; key and model come from the environment. Raises ``TargetError``."""
        try:
            remote = remote_address(text, DIALECTS, os.environ.get(MODEL_VARIABLE))
            return cls(remote, remote_key(os.environ.get(KEY_VARIABLE)))
        except AddressError as error:
            raise TargetError(str(error)) from error

    @property
    def shown(self) -> str:
        """The address as results name it, without its query: that may contain a key."""
        parts = urlsplit(self.remote.url)
        return f"{parts.scheme}://{self.remote.host}{parts.path}"

    @property
    def address(self) -> Address:
        """Where to connect to."""
        parts = urlsplit(self.remote.url)
        return Address(parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))

    def asked(self, suite: Suite) -> Suite:
        """The suite as it is played here: Playhead's options mean nothing to this agent, and ``remote`` is its name.

        Raises ``TargetError`` if the suite needs a Playhead backend.
        """
        for scenario in suite.scenarios:
            if scenario.question is None:
                raise TargetError(
                    f"The suite has no question for {scenario.agent!r}, and only a Playhead backend plays scripts: use "
                    f"a suite whose scenarios have a question, such as {USUAL_SUITE}."
                )
            if scenario.disturbance is not None or scenario.transport != "post":
                raise TargetError(
                    f"The suite cuts, steers or reads runs of {scenario.agent!r} in another way, and only a Playhead "
                    "backend supports this: remove it, or measure a playhead serve --remote with --url."
                )
        runs = tuple(run.model_copy(update={"agent": AGENT, "speed": None, "seed": 0}) for run in suite.runs)
        return suite.model_copy(update={"speed": 1.0, "runs": runs})

    async def prepare(self, suite: Suite) -> list[Play]:
        """Every scenario of a suite that ``asked`` returned. Raises ``TargetError`` if there is no connection."""
        await self._ensure_somebody_listens()
        # The time at which a provider sends its citations is not a fault: their lag is measured.
        allowed = {"citation-first": _ANY}
        return [
            Play(scenario, scenario.question or "", None, scenario.expect or "completed", allowed)
            for scenario in suite.scenarios
        ]

    async def play_run(self, play: Play, address: Address, deadline_s: float) -> Connections:
        """Ask, and stamp the answer. Never raises for faults of the server."""
        call = uuid4().hex
        asked = remote_request(
            self.remote, ForeignQuestion(play.question, (), f"run-{call}", f"thread-{call}"), self.key
        )
        parts = urlsplit(asked.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = [*asked.headers.items(), ("Content-Length", str(len(asked.body)))]
        request = request_bytes("POST", address, target, headers, asked.body)
        return Connections.one(await exchange(address, request, deadline_s, over=self._over))

    def read(self, capture: Capture) -> Arrivals:
        """The answer, decoded."""
        return read_foreign(capture, self.remote.dialect, self.key)

    def _over(self, capture: Capture) -> int | None:
        return message_end(capture, lambda kept: foreign_end(kept, self.remote.dialect))

    async def _ensure_somebody_listens(self) -> None:
        address = self.address
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                _, writer = await asyncio.open_connection(address.host, address.port)
        except (OSError, TimeoutError) as error:
            raise TargetError(
                f"Nobody answers at {self.remote.host}: start the agent, or check the address."
            ) from error
        writer.close()
