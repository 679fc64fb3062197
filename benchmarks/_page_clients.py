"""Clients without a browser that speak what the pages speak, and read raw bytes as a page gets them.

Gradio's is its queue (a request that joins it and a WebSocket), Streamlit's its socket. The words of an answer are
numbered, so that a search finds how far the page has been told.
"""

import json
import re
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

WORDS = 200
"""How many words the answer of a run has."""

STATUS = b"zzsearching"
WORD = re.compile(rb"zz(\d{4})")
LONGEST_S = 60.0

_CONFIG = re.compile(r"window\.gradio_config\s*=\s*(\{.*?\});\s*</script>", re.DOTALL)


@dataclass
class Session:
    """One page: when it was opened, when the status and each word came, in seconds of ``time.monotonic``."""

    run_id: str
    started_s: float
    opened_s: float = 0.0
    status_s: float | None = None
    words_s: dict[int, float] = field(default_factory=dict)

    def read(self, data: bytes) -> bool:
        """Note what these bytes show; True once the last word has come."""
        now = time.monotonic()
        if self.status_s is None and STATUS in data:
            self.status_s = now
        for number in map(int, WORD.findall(data)):
            self.words_s.setdefault(number, now)
        return WORDS - 1 in self.words_s


async def follow_gradio(url: str, session: Session) -> None:
    """Open the Ask page's address as Gradio's script does."""
    hash_ = uuid4().hex[:11]
    async with httpx2.AsyncClient(base_url=url, timeout=LONGEST_S, trust_env=False) as client:
        config = json.loads(_found(_CONFIG, (await client.get("/")).text))
        load = next(one for one in config["dependencies"] if any(target[1] == "load" for target in one["targets"]))
        values = {one["id"]: one.get("props", {}).get("value") for one in config["components"]}
        stream = f"{url.replace('http', 'ws', 1)}/gradio_api/queue/data?session_hash={hash_}"
        session.opened_s = time.monotonic()
        body = {
            "data": [values.get(one) for one in load["inputs"]], "fn_index": load["id"], "session_hash": hash_,
            "event_data": None, "trigger_id": None,
        }  # fmt: skip
        (await client.post(f"/gradio_api/queue/join?run={session.run_id}", json=body)).raise_for_status()
        await _read(stream, url, session)


async def follow_streamlit(url: str, session: Session) -> None:
    """Open the Ask page's address as Streamlit's script does."""
    opening = BackMsg()
    opening.rerun_script.query_string = f"run={session.run_id}"
    session.opened_s = time.monotonic()
    await _read(
        f"{url.replace('http', 'ws', 1)}/_stcore/stream", url, session, opening.SerializeToString(), "streamlit"
    )


async def _read(address: str, origin: str, session: Session, first: bytes = b"", protocol: str | None = None) -> None:
    subprotocols: Any = [protocol] if protocol else None
    async with connect(
        address, origin=Origin(origin), subprotocols=subprotocols, max_size=None, compression=None, proxy=None
    ) as socket:  # fmt: skip
        if first:
            await socket.send(first)
        try:
            async for message in socket:
                if session.read(message if isinstance(message, bytes) else message.encode()):
                    return
        except ConnectionClosed:
            return


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if found is None:
        raise SystemExit("Gradio's page has no configuration where it was: look at its source.")
    return found[1]


Follow = Callable[[str, Session], Coroutine[Any, Any, None]]

UIS: dict[str, tuple[str, Follow]] = {
    "gradio": ("ui_gradio", follow_gradio),
    "streamlit": ("ui_streamlit", follow_streamlit),
}
