"""Every value of every JSON body, replaced by what it must not be: a number as text, 0 for false, half a surrogate
pair, a number that no float can be. Nothing of it makes the server fail, and nothing is taken for something else."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.api.asking_agents import AskingProvider
from tests.api.backend_server import BackendServer
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server

OPTIONS = {
    "timeout_s": 5.0,
    "silence_s": 5.0,
    "speed": 1.0,
    "status_events": True,
    "seed": 1,
    "may_ask": False,
    "background": False,
    "on_abandon": "continue",
}
BY = {"id": "ana", "name": "Ana"}
USER = {"id": "m1", "role": "user", "content": "Why?"}
GIVEN = {"action": "accept", "value": {"year": 2024}, "arguments": {"to": "Ana"}, "note": "n", "digest": "d", "by": BY}

BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "run": (
        "/v1/runs",
        {"question": "Why?", "agent": "told:ordinary", "options": OPTIONS, "when_busy": "beside", "by": BY},
    ),
    "feedback": (
        "/v1/runs/{run_id}/feedback",
        {"thumb": "up", "comment": "c", "at_ms": 1.5, "by": BY, "preference": {"run_id": "{other}", "verdict": "same"}},
    ),
    "share": ("/v1/runs/{run_id}/share", {"role": "view", "expires_s": 60.0}),
    "answer": ("/v1/runs/{waiting}/input", GIVEN),
    "message": (
        "/v1/runs/{waiting}/messages",
        {"message_id": "message-1", "text": "t", "mode": "queue", "by": BY},
    ),
    "AG-UI": (
        "/ag-ui",
        {
            "threadId": "t",
            "runId": "r",
            "messages": [USER, {"id": "m2", "role": "assistant", "content": "A"}, USER],
            "forwardedProps": {"agent": "told:ordinary", "options": OPTIONS},
        },
    ),
    "AG-UI's answers": (
        "/ag-ui",
        {"threadId": "t", "messages": [USER], "resume": [{"interruptId": "i", "status": "resolved", "payload": {}}]},
    ),
    "AI SDK": (
        "/ai-sdk?sdk=6",
        {
            "id": "chat",
            "messages": [{"role": "user", "parts": [{"type": "text", "text": "Why?"}]}],
            "agent": "told:ordinary",
            "options": OPTIONS,
            "answers": {"call": GIVEN},
        },
    ),
    "chat completions": (
        "/openai/v1/chat/completions",
        {
            "model": "told:ordinary",
            "messages": [USER, {"role": "tool", "tool_call_id": "c", "content": "x"}, USER],
            "stream": False,
            "stream_options": {"include_usage": True},
            "n": 1,
            "options": OPTIONS,
        },
    ),
    "responses": (
        "/openai/v1/responses",
        {
            "model": "told:ordinary",
            "input": [USER, {"type": "function_call_output", "call_id": "c", "output": "o"}, USER],
            "stream": False,
            "previous_response_id": "resp_{run_id}",
            "options": OPTIONS,
        },
    ),
}

HOSTILE = (
    '"\\ud83d"',
    '"a\\u0000b"',
    "NaN",
    "1e999",
    "9" * 400,
    '"1"',
    "0",
    "true",
    '{"\\udc00": "\\udc00"}',
)
FREE = {"value", "arguments", "answers"}
"""What they contain is for the agent's own schema to judge."""

MARK = "\ue000"


def leaves(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value of the body that contains no others, and where it is."""
    within = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in within:
        yield from leaves(value, (*path, key))
    if not isinstance(body, dict | list):
        yield path, body


def is_another_kind(value: Any, text: str) -> bool:
    """Whether a flag or number is replaced by what is no flag or number in JSON."""
    read = json.loads(text)
    if isinstance(value, bool):
        return not isinstance(read, bool | None)
    if isinstance(value, int | float):
        return isinstance(read, bool | str | list | dict) or abs(read or 0) > 1e300 or read != read
    return False


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    with (
        BackendServer(
            tmp_path_factory.mktemp("values"), [ToldProvider(), AskingProvider()], max_concurrent_runs=500
        ) as backend,
        backend.client() as client,
    ):
        yield client


@pytest.mark.parametrize("name", BODIES)
def test_no_value_is_taken_for_another(asked: httpx2.Client, name: str) -> None:
    path, body = BODIES[name]
    names = {}
    for each, agent in (("run_id", "told:ordinary"), ("other", "told:ordinary"), ("waiting", "asks:form")):
        names[each] = asked.post("/v1/runs", json={"question": "Why?", "agent": agent}).json()["run_id"]
    while not asked.get(f"/v1/runs/{names['waiting']}/inputs").json()["inputs"]:
        pass
    for where, value in leaves(body):
        replaced = copy.deepcopy(body)
        within: Any = replaced
        for key in where[:-1]:
            within = within[key]
        within[where[-1]] = MARK
        text = json.dumps(replaced, ensure_ascii=False)
        for each, run_id in names.items():
            text = text.replace(f"{{{each}}}", run_id)
        for hostile in HOSTILE:
            sent = text.replace(f'"{MARK}"', hostile).encode()
            answer = asked.post(path.format(**names), content=sent, headers={"Content-Type": "application/json"})
            seen = (where, hostile[:20], answer.status_code, answer.text[:300])
            assert answer.status_code < 500, seen
            answer.content.decode("utf-8")
            if where[0] not in FREE and is_another_kind(value, hostile):
                assert answer.status_code in (400, 422), seen
    # Whatever was taken can be read again.
    for listing in ("/v1/runs?limit=1000", "/v1/sessions", "/v1/feedback"):
        assert asked.get(listing).status_code == 200
    for run in asked.get("/v1/runs?limit=1000").json()["runs"]:
        asked.post(f"/v1/runs/{run['run_id']}/cancel")
        assert asked.get(f"/v1/runs/{run['run_id']}").status_code == 200
        assert asked.get(f"/v1/runs/{run['run_id']}/recording").status_code in (200, 409)
