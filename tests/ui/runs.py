"""What happens behind the page: runs started elsewhere, and what the backend keeps of them."""

import asyncio
from typing import Any

import httpx2

DEADLINE_S = 30.0


def start(backend: httpx2.Client, agent: str, question: str = "", **options: Any) -> str:
    """A run started elsewhere: by a colleague, or in another tab."""
    body = {"question": question or f"Please play {agent}.", "agent": agent, "options": options}
    run_id: str = backend.post("/v1/runs", json=body).raise_for_status().json()["run_id"]
    return run_id


def run(backend: httpx2.Client, run_id: str) -> dict[str, Any]:
    """What the backend keeps of a run."""
    answer: dict[str, Any] = backend.get(f"/v1/runs/{run_id}").raise_for_status().json()
    return answer


async def ended(backend: httpx2.Client, run_id: str) -> dict[str, Any]:
    """The run once it is over: its stream closes after ``done`` and not before."""
    await asyncio.to_thread(backend.get, f"/v1/runs/{run_id}/events", timeout=DEADLINE_S)
    return run(backend, run_id)


async def finished(backend: httpx2.Client, agent: str, question: str = "", **options: Any) -> str:
    """A run played to its end before anybody looks."""
    run_id = start(backend, agent, question, **{"speed": 0, **options})
    await ended(backend, run_id)
    return run_id


def questions(backend: httpx2.Client, text: str) -> list[str]:
    """The questions of all runs with that in them, each as often as it was asked."""
    found = backend.get("/v1/runs", params={"text": text}).raise_for_status().json()["runs"]
    return [one["question"] for one in found]
