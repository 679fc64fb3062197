"""What a run is to our own clients, with which a foreign client's message is compared."""

from typing import Any

import httpx2

from backend.protocol.run_view import RunView


def view_of(client: httpx2.Client, run_id: str) -> RunView:
    """The view of the run, once it has ended."""
    found = client.get(f"/v1/runs/{run_id}")
    assert found.status_code == 200, found.text
    view = RunView.model_validate(found.json()["view"])
    assert view.ended
    return view


def steps_told(view: RunView, without: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """The steps with the fields that dialects carry, in order of their ids; null is left out."""
    told = {"step_id", "step", "state", "label", "detail", "progress", "parent_id"} - without
    steps = [step.model_dump(mode="json", include=told, exclude_none=True) for step in view.stream.steps]
    return sorted(steps, key=lambda step: str(step["step_id"]))


def citations_told(view: RunView) -> list[tuple[int | None, str | None, str | None, str | None]]:
    """Number, title, quote and id of the citations, in order of their numbers."""
    cited = [(one.number, one.title, one.quote, one.citation_id) for one in view.message.citations]
    return sorted(cited, key=str)


def citations_read(payloads: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The same of citations that a client has."""
    return sorted(((p.get("number"), p.get("title"), p.get("quote"), p.get("citation_id")) for p in payloads), key=str)
