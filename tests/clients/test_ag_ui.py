"""AG-UI's own client in node: what it has in the end is our run."""

import json

import httpx2
import pytest

from backend.dialects.encoding.ag_ui import AgUiEncoder
from tests.api.backend_server import BackendServer
from tests.clients.drivers import Found, disturbed, play, undisturbed
from tests.clients.our_run import citations_read, citations_told, steps_told, view_of
from tests.dialects.encoded_runs import FULL, RUN

pytestmark = pytest.mark.server

REJOINS = ("same", "address")


@pytest.fixture(scope="module")
def found(node: str, backend: BackendServer) -> dict[str, Found]:
    """What the client has at the end of every case."""
    cases = undisturbed() + disturbed("cancel", encoders())
    for rejoin in REJOINS:
        cases += disturbed("cut", encoders(), rejoin)
    return play(node, "ag-ui", backend.url, cases)


def encoders() -> list[AgUiEncoder]:
    return [AgUiEncoder(RUN) for _ in range(len(FULL) + 1)]


def told(each: Found, kind: str) -> list[Found]:
    """The payloads of our own events that were told in the last stream, the latest of each id."""
    latest = {}
    for name, value in each["customs"]:
        if name == f"playhead.{kind}":
            latest[str(value.get(f"{kind}_id", value["seq"]))] = value
    return list(latest.values())


def test_every_answer_is_ours_with_its_citations_and_artifacts(found: dict[str, Found], client: httpx2.Client) -> None:
    for name, each in found.items():
        view = view_of(client, each["run_id"])
        assert each["text"] == view.message.answer, name
        assert citations_read(each["sources"]) == citations_told(view), name
        marked = [value for key, value in (each["marked"] or {}).items() if key.startswith("citation:")]
        assert citations_read(marked) == (citations_told(view) if view.message.answer else []), name
        artifacts = [(one["kind"], one.get("title"), one["content"]) for one in told(each, "artifact")]
        assert artifacts == [(one.kind, one.title, one.content) for one in view.artifacts.items], name
        assert [one["code"] for one in told(each, "warning")] == [one.code for one in view.message.warnings], name


def test_every_step_of_a_stream_that_was_not_cut_is_ours(found: dict[str, Found], client: httpx2.Client) -> None:
    for name, each in found.items():
        if not name.startswith("cut"):
            view = view_of(client, each["run_id"])
            ended = {step["step_id"]: step for step in each["parts"]}
            assert sorted(ended.values(), key=lambda step: str(step["step_id"])) == steps_told(view), name


def test_every_outcome_is_ours_and_told_as_the_client_tells_failures(
    found: dict[str, Found], client: httpx2.Client
) -> None:
    kinds = {"completed": "success", "cancelled": "cancelled"}
    for name, each in found.items():
        view = view_of(client, each["run_id"])
        assert each["outcome"] == view.stream.outcome, name
        assert each["kind"] == kinds.get(str(view.stream.outcome), "error"), name
        assert each["error"] is None, name
    ended = [found[name]["outcome"] for name in ("full", "fail", "break", "timeout", "error_mid_answer")]
    assert ended == ["completed", "failed", "interrupted", "timed_out", "failed"]


def test_tools_have_their_arguments_and_results(found: dict[str, Found]) -> None:
    [tool], [result] = found["full"]["tools"], found["full"]["results"]
    assert tool["function"]["name"] == "sql"
    assert json.loads(tool["function"]["arguments"]) == {"query": "SELECT 1"}
    assert (result["toolCallId"], json.loads(result["content"])) == (tool["id"], {"rows": [[1]]})


def test_a_client_that_is_cut_at_any_event_and_joins_again_has_what_one_that_stayed_has(
    found: dict[str, Found],
) -> None:
    whole = found["full"]
    cuts = [each for name, each in found.items() if name.startswith("cut at")]
    assert len(cuts) == len(REJOINS) * (len(FULL) + 1)
    for each in cuts:
        assert each["cut"] == "terminated", each["name"]
        assert (each["text"], each["outcome"]) == (whole["text"], "completed"), each["name"]
        assert sorted(each["roles"]) == sorted(whole["roles"]), each["name"]
        assert [tool["function"] for tool in each["tools"]] == [tool["function"] for tool in whole["tools"]]
        assert [one["content"] for one in each["results"]] == [one["content"] for one in whole["results"]]


def test_a_client_that_cancels_at_any_event_keeps_what_it_had(found: dict[str, Found]) -> None:
    for drafts in range(len(FULL) + 1):
        each = found[f"cancel at {drafts}"]
        assert (each["outcome"], each["kind"]) == ("cancelled", "cancelled")
        assert each["text"] == "".join(draft.text for draft in FULL[:drafts] if draft.type == "token")
