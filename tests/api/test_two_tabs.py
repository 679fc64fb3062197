"""Two tabs answer the same request at the same time, a thousand times, over HTTP: one wins, the other hears who."""

import asyncio
import json
from pathlib import Path

import pytest

from backend.agents.person import PersonRequest
from evals.transports.kept_connection import KeptConnection, KeptReply
from evals.wire.exchange import Address
from tests.api.asking_agents import AskingProvider
from tests.api.backend_server import BackendServer

pytestmark = pytest.mark.server

RUNS = 20
REQUESTS = 50
"""Of each run: as many as one may ask."""

APART_S = (0.0, 0.0, 0.0, 0.001, 0.01)
"""How much later the second tab answers."""

TABS = ("Ana", "Bo")


async def answered(
    tabs: tuple[KeptConnection, KeptConnection], path: str, first: int, apart_s: float
) -> dict[str, KeptReply]:
    """The replies to both tabs; the one of that place answers first."""
    replies = {}

    async def give(place: int, after_s: float) -> None:
        if after_s:
            await asyncio.sleep(after_s)
        name = TABS[place]
        replies[name] = await tabs[place].post(path, {"action": "accept", "value": name, "by": {"name": name}})

    await asyncio.gather(give(first, 0.0), give(1 - first, apart_s))
    return replies


async def answer_all(server: BackendServer) -> list[tuple[dict[str, str], list[str]]]:
    """For each run: who won each request, and what its agent was told."""
    address = Address.parse(server.url)
    tabs = await KeptConnection.open(address), await KeptConnection.open(address)
    found = []
    with server.client() as client:
        for run in range(RUNS):
            run_id = client.post("/v1/runs", json={"question": "Which?", "agent": "asks:many"}).json()["run_id"]
            asked: list[dict[str, str]] = []
            while len(asked) < REQUESTS:
                asked = client.get(f"/v1/runs/{run_id}/inputs").json()["inputs"]
            winners = {}
            for place, request in enumerate(asked):
                path = f"/v1/runs/{run_id}/inputs/{request['input_id']}"
                replies = await answered(tabs, path, (run + place) % 2, APART_S[place % len(APART_S)])
                winners[request["input_id"]] = the_winner(replies)
            with client.stream("GET", f"/v1/runs/{run_id}/events") as stream:
                stream.read()
            said = client.get(f"/v1/runs/{run_id}").json()["view"]["message"]["answer"].removeprefix("Asked. ")
            found.append((winners, [value for _, value, *_ in json.loads(said)[0]]))
    for tab in tabs:
        await tab.close()
    return found


def the_winner(replies: dict[str, KeptReply]) -> str:
    """Who of the two was recorded; the other was refused, with who that was."""
    (winner,) = (name for name, reply in replies.items() if reply.status == 200)
    (loser,) = (name for name in replies if name != winner)
    refused = json.loads(replies[loser].body)
    assert (replies[loser].status, refused["type"]) == (409, "urn:playhead:problem:already-answered")
    assert (refused["answer"]["by"]["name"], refused["answer"]["value"]) == (winner, winner)
    return winner


def test_two_tabs_answer_within_ten_milliseconds_a_thousand_times(tmp_path: Path) -> None:
    provider = AskingProvider({"many": [PersonRequest(f"Question {number}?") for number in range(REQUESTS)]})
    with BackendServer(tmp_path, [provider]) as server:
        found = asyncio.run(answer_all(server))
    assert sum(len(winners) for winners, _ in found) == 1000
    for winners, told in found:
        assert told == list(winners.values())
    assert {winner for winners, _ in found for winner in winners.values()} == set(TABS)
