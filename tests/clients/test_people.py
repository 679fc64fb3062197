"""Foreign clients in node with a person: each approves, declines, edits, and answers a second question."""

import json
from typing import Any

import httpx2
import pytest

from tests.api.backend_server import BackendServer
from tests.clients.drivers import Case, Found, play
from tests.clients.our_run import view_of

pytestmark = pytest.mark.server

EDITED = {"amount": 1180, "currency": "EUR", "to": "Northwind"}
PROPOSED = {**EDITED, "amount": 1200}
FORM = {"guests": 4, "day": "Friday", "outside": True}

PEOPLE: dict[str, tuple[str, list[dict[str, Any]], list[tuple[str, Any, Any]]]] = {
    "approve": ("approval", [{"approved": True}], [("accept", None, None)]),
    "deny": ("approval", [{"approved": False, "note": "Too much."}], [("decline", None, None)]),
    "edit": ("approval", [{"approved": True, "arguments": EDITED}], [("accept", None, EDITED)]),
    "two questions": (
        "clarify",
        [{"value": "Aurora Energy"}, {"value": "margins"}],
        [("accept", "Aurora Energy", None), ("accept", "margins", None)],
    ),
    "form": ("form", [{"value": FORM}], [("accept", FORM, None)]),
}
"""What people do: the scenario, their answers, and how the run has them."""

CLIENTS = {
    "ag-ui": ("ag-ui-people", "", "ag-ui"),
    "ai6": ("ai-sdk-people", "ai6", "ai-sdk"),
    "ai7": ("ai-sdk-people", "ai7", "ai-sdk"),
    "openai": ("openai-people", "", "openai-chat"),
}
"""The driver of each client, its version, and the channel that the answers name."""


@pytest.fixture(scope="module", params=CLIENTS)
def client_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def found(node: str, backend: BackendServer, client_name: str) -> dict[str, Found]:
    """What the client has at the end of every case."""
    driver, version, _ = CLIENTS[client_name]
    options = {"may_ask": True, "speed": 0}
    cases = [
        Case(name, f"scripted:{scenario}", options=options, answers=answers)
        for name, (scenario, answers, _) in PEOPLE.items()
    ]
    return play(node, driver, backend.url, cases, version)


@pytest.mark.parametrize("case", PEOPLE)
def test_what_a_person_answers_in_a_foreign_client_is_what_the_run_has(
    found: dict[str, Found], client: httpx2.Client, client_name: str, case: str
) -> None:
    _, _, expected = PEOPLE[case]
    each, view = found[case], view_of(client, found[case]["run_id"])
    answers = [asked.answer for asked in view.stream.inputs]
    assert [(one.action, one.value, one.arguments) for one in answers if one is not None] == expected
    assert {one.via for one in answers if one is not None} == {CLIENTS[client_name][2]}
    assert view.stream.outcome == "completed"
    assert each["text"] == view.message.answer
    assert [prompt for _, prompt in each["asked"]] == [asked.request.prompt for asked in view.stream.inputs]


def test_a_call_that_a_person_decides_on_has_an_end_to_ag_ui(found: dict[str, Found], client_name: str) -> None:
    if client_name != "ag-ui":
        return
    for case, (scenario, _, expected) in PEOPLE.items():
        each = found[case]
        assert each["outcomes"] == ["interrupt"] * len(expected) + ["success"], case
        if scenario == "approval":
            call, result = each["tools"][0], each["results"][0]
            assert json.loads(call["function"]["arguments"]) == PROPOSED
            assert (result["toolCallId"], json.loads(result["content"])["action"]) == (call["id"], expected[0][0])


def test_the_message_of_an_ai_sdk_chat_continues_and_every_call_in_it_ends(
    found: dict[str, Found], client_name: str
) -> None:
    if not client_name.startswith("ai"):
        return
    for case, (scenario, _, expected) in PEOPLE.items():
        each = found[case]
        assert (each["roles"], each["outcome"], each["error"]) == (["user", "assistant"], "completed", None), case
        assert each["requests"] == 1 + len(expected), case
        states = [part["state"] for part in each["parts"] if part["type"] == "dynamic-tool"]
        if scenario == "approval":
            assert states[0] == ("output-denied" if case == "deny" else "output-available")
        assert set(states) <= {"output-available", "output-denied"}
        requests = [part["data"]["state"] for part in each["parts"] if part["type"] == "data-request"]
        assert requests == ["answered"] * len(expected), case


def test_the_completions_of_openai_end_with_calls_until_nothing_is_asked(
    found: dict[str, Found], client_name: str
) -> None:
    if client_name == "openai":
        for case, (_, _, expected) in PEOPLE.items():
            each = found[case]
            assert each["finishes"] == ["tool_calls"] * len(expected) + ["stop"], case
            assert {name for name, _ in each["asked"]} == {"ask_person"}
