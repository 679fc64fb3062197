"""Requests to people in a scenario: made from ``ask`` actions, with the answers that the scenario gives itself."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from backend.agents.agent import AgentFailure
from backend.agents.asked_input import asked_input
from backend.agents.input_answers import answer_faults
from backend.agents.person import PersonAnswer, PersonRequest, ScriptedAnswer
from backend.agents.scripted.action_parts import OwnAnswer
from backend.agents.scripted.actions import Ask
from backend.protocol.inputs import GivenAnswer, InputOption, ProposedTool

_ANSWER = re.compile(r"\{([a-z][a-z0-9_]*)(?:\.([A-Za-z0-9_]+))?\}")


def person_request(action: Ask, own: OwnAnswer | None, parent_id: str | None) -> PersonRequest:
    """The request of an action. Raises ``ValueError`` where it cannot be asked, or its own answer does not fit."""
    tool = action.tool
    request = PersonRequest(
        prompt=action.prompt,
        kind=action.kind,
        options=tuple(map(_option, action.options)),
        value_schema=action.form,
        tool=None if tool is None else ProposedTool(**tool.model_dump()),
        default=action.default,
        expires_s=action.expires,
        on_expiry=action.on_expiry,
        needs=action.needs,
        sensitive=action.sensitive,
        label=action.label,
        parent_id=parent_id,
        scripted=None if own is None else _scripted(own),
    )
    _check(request)
    return request


def filled(text: str, answers: Mapping[str, PersonAnswer]) -> str:
    """The text with ``{name}`` and ``{name.field}`` replaced by what the request of that name was answered. Names that
    nothing was asked by stay as they are."""

    def value(match: re.Match[str]) -> str:
        answer = answers.get(match[1])
        if answer is None:
            return match[0]
        return _in_words(answer.value, match[2])

    return _ANSWER.sub(value, text) if answers else text


def effective_arguments(proposed: JsonValue, approved: str | None, answers: Mapping[str, PersonAnswer]) -> JsonValue:
    """The arguments that run, where the approval of that name changed them; else None."""
    answer = answers.get(approved) if approved is not None else None
    if answer is None or answer.arguments is None or answer.arguments == proposed:
        return None
    return answer.arguments


def own_answer(answers: Sequence[OwnAnswer], name: str) -> OwnAnswer | None:
    """The scenario's own answer to the request of that name."""
    return next((each for each in answers if each.input == name), None)


def _option(option: Any) -> InputOption:
    return InputOption(value=option) if isinstance(option, str) else InputOption(**option.model_dump())


def _scripted(own: OwnAnswer) -> ScriptedAnswer:
    given = GivenAnswer(action=own.action, value=own.value, arguments=own.arguments, note=own.note)
    return ScriptedAnswer(own.after_ms / 1000, given)


def _check(request: PersonRequest) -> None:
    try:
        asked = asked_input(request, "scenario", 0.0).request
    except AgentFailure as error:
        raise ValueError(error.message) from error
    own = request.scripted
    if own is None:
        return
    for field, message in answer_faults(asked, own.given):
        raise ValueError(f"the scenario's own answer to {request.prompt!r} does not fit ({field or 'it'}): {message}")


def _in_words(value: JsonValue, field: str | None) -> str:
    if field is not None:
        value = value.get(field) if isinstance(value, dict) else None
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value)
