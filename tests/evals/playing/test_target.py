"""What is asked of a target depends on what it says that it takes: versions work side by side."""

import json
from collections.abc import Sequence

import pytest

from backend.client import RunClient, close_shared_http
from backend.protocol.options import RunOptions
from evals.playing.run_player import play_run
from evals.playing.target import TargetError, prepare
from evals.suites.suite_file import parse_suite
from tests.evals.broken_target import GOOD
from tests.evals.byte_server import END, HEAD, Script, byte_server

SUITE = b"""suite: mine
runs:
  - agent: told:x
    question: "Why?"
"""


def answer(status: str, body: object) -> Script:
    """One whole answer in JSON."""
    text = json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n"
    head += f"content-length: {len(text)}\r\n\r\n"
    return [head.encode() + text]


def offering(options: Sequence[str] | None) -> Script:
    """The agents of a target that takes these options, or of one that is too old to say."""
    said = {} if options is None else {"options": list(options)}
    return answer("200 OK", {"agents": [{"agent": "told:x"}], **said})


NO_PLAN = answer("404 Not Found", {"type": "urn:playhead:problem:no-plan", "title": "No plan", "status": 404})


async def asked_options(options: Sequence[str] | None) -> dict[str, object]:
    """The options of the run that a target is asked for which says this of itself."""
    async with byte_server(offering(options), NO_PLAN, [HEAD, *GOOD, END]) as server:
        (play,) = await prepare(parse_suite(SUITE, "mine.yaml"), RunClient(server.address.url))
        await close_shared_http()
        await play_run(play, server.address, 30.0)
    body = json.loads(server.requests[-1].partition(b"\r\n\r\n")[2])
    asked: dict[str, object] = body["options"]
    return asked


async def test_a_target_is_asked_only_for_options_that_it_says_it_takes() -> None:
    now = list(RunOptions.model_fields)
    assert (await asked_options(now))["background"] is True
    for older in ([name for name in now if name != "background"], None):
        asked = await asked_options(older)
        assert asked.keys() <= set(now) - {"background"}
        assert asked["on_abandon"] == "cancel"


async def test_a_suite_that_needs_more_than_the_target_takes_says_so_before_it_begins() -> None:
    answered = parse_suite(SUITE + b"    answer: {after_ms: 300, value: Aurora Foods}\n", "mine.yaml")
    async with byte_server(offering(["speed", "seed", "on_abandon"]), NO_PLAN) as server:
        with pytest.raises(TargetError, match=r"does not take the option 'may_ask'.*update the target"):
            await prepare(answered, RunClient(server.address.url))
        await close_shared_http()
