"""OpenAI's JavaScript client in node: its completion is our answer, and who leaves has cancelled."""

from dataclasses import replace

import httpx2
import pytest

from backend.dialects.encoding.openai_chat import OpenAIChatEncoder
from tests.api.backend_server import BackendServer
from tests.api.foreign_streams.runs import wait_until_ended
from tests.clients.drivers import Found, disturbed, play, undisturbed
from tests.clients.our_run import view_of
from tests.dialects.encoded_runs import FULL, RUN

pytestmark = pytest.mark.server

WHOLE = " whole"
STATUSES = {"failed": 500, "timed_out": 504, "interrupted": 503}
"""How an answer that was not streamed tells the outcome: its client shows no other field of ours."""


@pytest.fixture(scope="module")
def found(node: str, backend: BackendServer) -> dict[str, Found]:
    """What the client has at the end of every case; those named ``whole`` are not streamed."""
    cases = undisturbed()
    cases += [replace(case, name=case.name + WHOLE, whole=True) for case in cases]
    # Drafts that this dialect does not carry leave the count as it is: the cut is then at the same place again.
    cases += disturbed("cut", [OpenAIChatEncoder(RUN) for _ in range(len(FULL) + 1)])
    return play(node, "openai", backend.url, cases)


def uncut(found: dict[str, Found]) -> dict[str, Found]:
    return {name: each for name, each in found.items() if not name.startswith("cut")}


def test_every_completion_is_our_answer(found: dict[str, Found], client: httpx2.Client) -> None:
    for name, each in uncut(found).items():
        view = view_of(client, each["run_id"])
        if view.stream.outcome == "completed" or WHOLE not in name:
            assert each["outcome"] == view.stream.outcome, name
        if view.stream.outcome == "completed":
            assert each["text"] == (each["collected"] or "") == view.message.answer, name
            assert (each["finish"], each["error"]) == ("stop", None), name
        elif WHOLE not in name:
            assert each["text"] == view.message.answer, name


def test_citations_are_annotations_with_places_in_the_answer(found: dict[str, Found]) -> None:
    for name in ("full", "full" + WHOLE):
        each = found[name]
        places = [(one["title"], each["text"][one["start_index"] : one["end_index"]]) for one in each["sources"]]
        assert places == [("10-Q", "Rising"), ("A note", "[2]")]


def test_what_fails_is_an_error_of_the_client_with_our_code(found: dict[str, Found], client: httpx2.Client) -> None:
    for name, each in uncut(found).items():
        view = view_of(client, each["run_id"])
        if view.stream.outcome != "completed":
            assert view.stream.error is not None
            assert view.stream.outcome is not None
            assert each["code"] == view.stream.error.code, name
            assert view.stream.error.message in each["error"], name
            assert each["status"] == (STATUSES[view.stream.outcome] if WHOLE in name else None), name
    assert [found[name]["code"] for name in ("fail", "break", "fail" + WHOLE)] == ["no_quota", "stream_cut", "no_quota"]


def test_a_client_that_is_cut_at_any_event_has_cancelled(
    found: dict[str, Found], backend: BackendServer, client: httpx2.Client
) -> None:
    for drafts in range(len(FULL) + 1):
        each = found[f"cut at {drafts}"]
        wait_until_ended(backend, each["run_id"])
        view = view_of(client, each["run_id"])
        assert view.stream.outcome == "cancelled"
        assert each["finish"] is None
        assert each["error"] is not None
        assert each["text"] == view.message.answer == "".join(d.text for d in FULL[:drafts] if d.type == "token")
