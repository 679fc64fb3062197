"""What a run asks of a person, as cards: what they say in each state, and that nothing of an agent becomes markup."""

import html
import re
from typing import Any

import pytest

from backend.present.pages.input_cards import AnswerProblem, input_cards_html, inputs_changed
from backend.protocol.inputs import InputAnswer, InputOption, InputRequest, Person, ProposedTool
from backend.protocol.run_view import InputView, RunView

TOOL = ProposedTool(name="transfer", arguments={"amount": 100}, editable=True, digest="d1")
FORM = {
    "type": "object",
    "properties": {
        "guests": {"type": "integer", "title": "Guests"},
        "outside": {"type": "boolean"},
        "day": {"enum": ["Friday", "Saturday"]},
        "note": {"type": "string", "description": "For the kitchen."},
    },
    "required": ["guests"],
}
DEEP = {"type": "object", "properties": {"tables": {"type": "array"}}}


def drawn(*inputs: InputView, **how: Any) -> str:
    return input_cards_html(view_of(*inputs), **how)


def view_of(*inputs: InputView) -> RunView:
    view = RunView.start("Why?")
    return view.model_copy(update={"stream": view.stream.model_copy(update={"inputs": inputs})})


def asked(state: str = "open", answer: InputAnswer | None = None, **request: Any) -> InputView:
    request = {"input_id": "inp_1", "prompt": "Really?", **request}
    return InputView(input_id="inp_1", step="asking", state=state, request=InputRequest(**request), answer=answer)


def text_of(fragment: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", fragment)).split())


def test_a_run_that_asks_nothing_has_no_cards() -> None:
    assert drawn() == ""


def test_an_open_approval_shows_the_call_the_time_left_and_both_ways_to_answer() -> None:
    card = drawn(asked(kind="approval", tool=TOOL, expires_at_ms=30_000), elapsed_ms=5_000)
    assert text_of(card) == (
        "Waiting for your approval 25 s left Really? transfer Arguments, as JSON. Change them before you approve. "
        '{ "amount": 100 } Approve Deny'
    )
    assert 'data-ph-digest="d1"' in card
    assert 'data-ph-left-s="25.0"' in card


@pytest.mark.parametrize(
    ("request_fields", "names"),
    [
        ({"kind": "text"}, ["value:text"]),
        ({"kind": "text", "sensitive": True}, ["value:text"]),
        (
            {"kind": "choice", "options": (InputOption(value="a", label="A"), InputOption(value="b"))},
            ["value:text"] * 2,
        ),
        ({"kind": "form", "value_schema": FORM}, ["guests:integer", "outside:boolean", "day:json", "note:text"]),
        ({"kind": "form", "value_schema": DEEP}, ["value:json"]),
        ({"kind": "form"}, ["value:json"]),
        ({"kind": "approval"}, []),
    ],
)
def test_each_kind_has_the_fields_that_make_its_value(request_fields: dict[str, Any], names: list[str]) -> None:
    card = drawn(asked(**request_fields))
    found = re.findall(r'name="([a-z]+)" (?:value="[a-z]*" )?data-ph-type="([a-z]+)"', card)
    assert [f"{name}:{kind}" for name, kind in found] == names
    assert ('type="password"' in card) == bool(request_fields.get("sensitive"))


@pytest.mark.parametrize(
    ("state", "answer", "kind", "said"),
    [
        (
            "answered",
            {"action": "accept", "by": Person(name="Ana"), "waited_ms": 2100},
            "approval",
            "Approved by Ana after 2.1 s",
        ),
        ("answered", {"action": "decline"}, "approval", "Denied"),
        ("answered", {"action": "accept", "value": "b"}, "choice", "Chosen"),
        ("answered", {"action": "decline"}, "text", "Skipped"),
        ("expired", {"action": "decline", "via": "expiry"}, "text", "Nobody answered in time"),
        ("closed", None, "text", "Nobody answered before the run ended"),
    ],
)
def test_a_card_that_is_over_says_what_became_of_it(
    state: str, answer: dict[str, Any] | None, kind: str, said: str
) -> None:
    given = None if answer is None else InputAnswer(input_id="inp_1", **answer)
    card = drawn(asked(state, given, kind=kind))
    assert text_of(card).startswith(f"{said} Really?")
    assert "<button" not in card


def test_what_was_proposed_and_what_ran_stand_apart() -> None:
    given = InputAnswer(input_id="inp_1", action="accept", arguments={"amount": 5})
    said = text_of(drawn(asked("answered", given, kind="approval", tool=TOOL)))
    assert 'Proposed { "amount": 100 } Run with { "amount": 5 }' in said


def test_a_refused_answer_keeps_the_card_open_and_says_why_each_time_anew() -> None:
    first = drawn(asked(), problems={"inp_1": AnswerProblem("Too much.")})
    again = drawn(asked(), problems={"inp_1": AnswerProblem("Too much.", 2)})
    assert text_of(first).endswith("Too much.")
    assert first != again


def test_who_may_only_watch_has_nothing_to_press() -> None:
    card = drawn(asked(kind="approval", tool=TOOL), role="comment")
    assert "<button" not in card
    assert "<textarea" not in card


def test_nothing_of_an_agent_becomes_markup() -> None:
    evil = '"><script>alert(1)</script>'
    request: dict[str, Any] = {
        "kind": "form",
        "prompt": evil,
        "tool": ProposedTool(name=evil, arguments={evil: evil}, digest=evil),
        "value_schema": {"type": "object", "properties": {evil: {"type": "string", "title": evil, "default": evil}}},
    }
    for card in (
        drawn(asked(**request)),
        drawn(asked("answered", InputAnswer(input_id="inp_1", action="accept", value={evil: evil}), **request)),
    ):
        assert "<script" not in card
        assert "&lt;script&gt;" in card


def test_cards_are_drawn_again_when_a_request_changes_and_not_as_time_passes() -> None:
    one, over = view_of(asked()), view_of(asked("closed"))
    assert inputs_changed(one) == inputs_changed(one.model_copy(deep=True))
    assert inputs_changed(one) != inputs_changed(over)
