"""The AI SDK's chat, versions 5, 6 and 7, in node: what it shows in the end is our run."""

from typing import Any

import httpx2
import pytest

from backend.dialects.encoding.ai_sdk import AiSdkEncoder
from tests.api.backend_server import BackendServer
from tests.clients.drivers import Case, Found, disturbed, play, undisturbed
from tests.clients.our_run import citations_read, citations_told, steps_told, view_of
from tests.dialects.encoded_runs import FULL, RUN

pytestmark = pytest.mark.server

REJOINS = {"ai5": ("place", "reload"), "ai6": ("place", "browser", "reload"), "ai7": ("place", "browser", "reload")}
"""Version 5 has no word for a replay: where a browser tells of a lost connection it keeps the half that it has, and
shows it twice if it resumes in place. A page that is loaded anew does not, and neither do the later versions."""


@pytest.fixture(scope="module", params=list(REJOINS))
def version(request: pytest.FixtureRequest) -> str:
    """The package, as tests/clients/node/package.json calls it."""
    return str(request.param)


@pytest.fixture(scope="module")
def found(node: str, backend: BackendServer, version: str) -> dict[str, Found]:
    """What this version has at the end of every case."""
    cases: list[Case] = undisturbed() + disturbed("cancel", encoders())
    for rejoin in REJOINS[version]:
        cases += disturbed("cut", encoders(), rejoin)
    return play(node, "ai-sdk", backend.url, cases, version)


def encoders() -> list[AiSdkEncoder]:
    return [AiSdkEncoder(RUN) for _ in range(len(FULL) + 1)]


def parts(each: Found, kind: str) -> list[dict[str, Any]]:
    return [part["data"] for part in each["parts"] if part["type"] == kind]


def without(part: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name not in names and value is not None}


def test_every_message_is_our_answer_with_its_steps_citations_and_artifacts(
    found: dict[str, Found], client: httpx2.Client
) -> None:
    for name, each in found.items():
        view = view_of(client, each["run_id"])
        assert each["text"] == view.message.answer, name
        steps = [without(step, "started_ms", "ended_ms", "tool") for step in parts(each, "data-step")]
        assert sorted(steps, key=lambda step: str(step["step_id"])) == steps_told(view), name
        assert citations_read(parts(each, "data-citation")) == citations_told(view), name
        assert len(each["sources"]) == len(view.message.citations), name
        artifacts = [(part["kind"], part["title"], part["content"]) for part in parts(each, "data-artifact")]
        assert artifacts == [(one.kind, one.title, one.content) for one in view.artifacts.items], name
        warned = [part["code"] for part in parts(each, "data-warning")]
        assert warned == [warning.code for warning in view.message.warnings], name


def test_every_outcome_is_ours_and_told_as_the_client_tells_failures(
    found: dict[str, Found], client: httpx2.Client
) -> None:
    for name, each in found.items():
        view = view_of(client, each["run_id"])
        assert each["outcome"] == view.stream.outcome, name
        fails = view.stream.outcome in ("failed", "timed_out", "interrupted")
        assert each["status"] == ("error" if fails else "ready"), name
        if fails:
            assert view.stream.error is not None
            assert each["error"] == view.stream.error.message, name
    ended = {name: found[name]["outcome"] for name in ("full", "fail", "break", "timeout", "error_mid_answer")}
    assert list(ended.values()) == ["completed", "failed", "interrupted", "timed_out", "failed"]


def test_tools_have_their_arguments_and_results(found: dict[str, Found]) -> None:
    [tool] = found["full"]["tools"]
    assert (tool["toolName"], tool["state"]) == ("sql", "output-available")
    assert (tool["input"], tool["output"]) == ({"query": "SELECT 1"}, {"rows": [[1]]})


def test_a_client_that_is_cut_at_any_event_and_resumes_has_what_one_that_stayed_has(
    found: dict[str, Found], version: str
) -> None:
    whole = found["full"]
    cuts = [each for name, each in found.items() if name.startswith("cut at")]
    assert len(cuts) == len(REJOINS[version]) * (len(FULL) + 1)
    for each in cuts:
        assert each["cut"] in ("terminated", "network error"), each["name"]
        assert each["roles"] == ["user", "assistant"], each["name"]
        assert (each["text"], each["outcome"]) == (whole["text"], "completed"), each["name"]
        assert [part["type"] for part in each["parts"]] == [part["type"] for part in whole["parts"]], each["name"]


def test_a_client_that_cancels_at_any_event_keeps_what_it_had(found: dict[str, Found]) -> None:
    for drafts in range(len(FULL) + 1):
        each = found[f"cancel at {drafts}"]
        assert each["outcome"] == "cancelled"
        assert each["text"] == "".join(draft.text for draft in FULL[:drafts] if draft.type == "token")
        assert [step["state"] for step in parts(each, "data-step") if step["state"] in ("started", "progress")] == []
