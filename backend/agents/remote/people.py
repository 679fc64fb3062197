"""What a foreign agent asks, put to the people of the run; its next stream follows their answers."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pydantic import JsonValue

from backend.agents.agent import AgentFailure, RunContext
from backend.agents.asked_input import MAX_OPTION_TEXT, MAX_OPTIONS, MAX_PROMPT
from backend.agents.person import PersonAnswer, PersonRequest
from backend.dialects.asked_person import AskedPerson, PersonReply
from backend.dialects.json_values import parsed

ANSWER_S = 900.0
"""How long people have to answer, where the agent does not say; then its request is declined."""

SOONEST_S = 1.0


def can_be_asked(asked: Sequence[AskedPerson], *, may_ask: bool) -> bool:
    """Whether to ask people: what needs an approval is asked in any case."""
    return bool(asked) and (may_ask or all(each.kind == "approval" for each in asked))


async def replies_of(context: RunContext, asked: Sequence[AskedPerson]) -> Mapping[str, PersonReply]:
    """Ask everything at once, and wait for all answers. Raises ``AgentFailure``."""
    asking = [asyncio.ensure_future(_reply(context, each)) for each in asked]
    try:
        replies = await asyncio.gather(*asking)
    finally:
        for each in asking:
            each.cancel()
    return {each.key: reply for each, reply in zip(asked, replies, strict=True)}


async def _reply(context: RunContext, asked: AskedPerson) -> PersonReply:
    request = _request(asked)
    try:
        return _said(request, await context.ask(request))
    except AgentFailure as failure:
        if failure.code != "bad_request":
            raise
    # A schema that cannot be shown or checked: what it is about is in the prompt.
    plain = PersonRequest(request.prompt, kind=request.kind if request.kind == "approval" else "text")
    reply = _said(plain, await context.ask(plain))
    if asked.kind == "form" and isinstance(reply.value, str):
        return PersonReply(reply.action, parsed(reply.value), note=reply.note, expired=reply.expired)
    return reply


def _request(asked: AskedPerson) -> PersonRequest:
    options = asked.options if len(asked.options) <= MAX_OPTIONS else ()
    fits = options and all(len(option.value) <= MAX_OPTION_TEXT for option in options)
    kind = "text" if asked.kind == "choice" and not fits else asked.kind
    return PersonRequest(
        asked.prompt[:MAX_PROMPT],
        kind=kind,
        options=options if kind == "choice" else (),
        value_schema=None if kind in ("approval", "choice") else asked.value_schema,
        tool=asked.tool,
        needs="approve" if kind == "approval" else "steer",
        expires_s=_expires_s(asked.expires_at),
        sensitive=asked.sensitive,
    )


def _expires_s(expires_at: str) -> float:
    try:
        moment = datetime.fromisoformat(expires_at)
    except ValueError:
        return ANSWER_S
    left_s = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(SOONEST_S, left_s), 24 * 3600.0)


def _said(request: PersonRequest, answer: PersonAnswer) -> PersonReply:
    proposed = None if request.tool is None else request.tool.arguments
    edited: JsonValue = None if answer.arguments == proposed else answer.arguments
    return PersonReply(answer.action, answer.value, edited, answer.note or "", expired=answer.expired)
