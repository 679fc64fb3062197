"""The operator's keys never reach a run's log, wherever an agent's provider repeats them.

What has a key's name in the environment is looked for in everything that an agent yields and fails with. So no stream,
recording, report or share contains it, whichever agent it was. A key in an address may be percent-encoded, and one in a
header of the scheme Basic is in base64.
"""

import asyncio
import base64
import json
import os
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final
from urllib.parse import quote

from backend.agents.agent import AgentFailure
from backend.protocol.events import Draft, TokenEvent
from backend.runs.screening import is_large

HIDDEN: Final = "[hidden]"

_NAME = re.compile(
    r"(?:^|_)(?:(?:API)?KEYS?|TOKENS?|SECRETS?|PASSWORD|PASSWD|CREDENTIALS?|AUTH(?:ORIZATION)?)(?:_|$)", re.IGNORECASE
)
_SHORTEST: Final = 12
"""A shorter value is more likely a word than a secret."""
_NO_SECRET: Final = 4
"""So many characters of a key may be seen: keys of one provider begin alike."""


def own_keys(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The secrets in the environment, as they are and as an address has them, the longest first: one may be the
    beginning of another."""
    named = os.environ if environment is None else environment
    values = {value.strip() for name, value in named.items() if _NAME.search(name)}
    # A path only says where a secret is.
    secrets = {each for each in values if len(each) >= _SHORTEST and " " not in each and not each.startswith("/")}
    written = {form for each in secrets for form in (each, quote(each), quote(each, safe=""), *_in_basic(each))}
    return tuple(sorted(written, key=len, reverse=True))


def _in_basic(secret: str) -> tuple[str, ...]:
    """The middle of the secret in base64: whatever stands around it, one of three forms is what is sent."""
    data = secret.encode("utf-8", "surrogateescape")
    forms = []
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + data).decode("ascii")
        # The first and the last group of four also depend on what is around.
        middle = encoded[4:-4] if before else encoded[:-4]
        if len(middle) >= _SHORTEST:
            forms.append(middle)
    return tuple(forms)


def without_keys(drafts: AsyncIterator[Draft], keys: Sequence[str]) -> AsyncIterator[Draft]:
    """The drafts without the keys. A token that ends like the beginning of a key waits for the next one."""
    return _hidden_drafts(drafts, keys) if keys else drafts


async def _hidden_drafts(drafts: AsyncIterator[Draft], keys: Sequence[str]) -> AsyncGenerator[Draft, None]:
    answer = _AnswerText(keys)
    try:
        async with _closing(drafts):
            async for draft in drafts:
                if isinstance(draft, TokenEvent) and isinstance(draft.text, str):
                    text = answer.take(draft.text)
                    if text:
                        yield draft if text == draft.text else draft.model_copy(update={"text": text})
                    continue
                if rest := answer.rest():
                    yield TokenEvent(text=rest)
                yield await asyncio.to_thread(_hidden, draft, keys) if is_large(draft) else _hidden(draft, keys)
    except AgentFailure as failure:
        code, message = (_hidden_text(text, keys) for text in (failure.code, failure.message))
        raise AgentFailure(code, message, retryable=failure.retryable, outcome=failure.outcome) from failure
    if rest := answer.rest():
        yield TokenEvent(text=rest)


class _AnswerText:
    """The text of an answer, which comes in pieces: what may be the beginning of a key waits for what follows."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys
        self._sent = ""
        """The last characters that were sent: a key may begin in them."""
        self._held = ""

    def take(self, text: str) -> str:
        """What may be sent now."""
        before = len(self._sent)
        seen = self._sent + self._held + text
        for key in self._keys:
            while (at := seen.find(key)) >= 0:
                seen = f"{seen[: max(at, before)]}{HIDDEN}{seen[at + len(key) :]}"
        upto = max(before, len(seen) - _begun(seen, self._keys))
        self._sent, self._held = seen[:upto][1 - _NO_SECRET :], seen[upto:]
        return seen[before:upto]

    def rest(self) -> str:
        """What waits, when nothing follows."""
        rest, self._held, self._sent = self._held, "", ""
        return rest


def _closing(drafts: AsyncIterator[Draft]) -> "aclosing[Any]":
    async def nothing() -> AsyncGenerator[None, None]:
        return
        yield

    return aclosing(drafts if isinstance(drafts, AsyncGenerator) else nothing())


def _hidden(draft: Draft, keys: Sequence[str]) -> Draft:
    if not hasattr(draft, "model_dump"):
        # Not an event: the run refuses it.
        return draft
    if not _may_contain(draft, keys):
        return draft
    fields = draft.model_dump(warnings=False)
    without = _hidden_value(fields, keys)
    return draft if without == fields else type(draft).model_validate(without)


def _may_contain(draft: Draft, keys: Sequence[str]) -> bool:
    """False where no text of the draft contains a key. Its JSON is searched, where each key stands as JSON writes it:
    a large draft is searched in a fraction of the time that a look at each of its values takes."""
    try:
        text = draft.model_dump_json(warnings=False)
    except Exception:  # noqa: BLE001 - what cannot be written, such as half a character, is looked at value by value
        return True
    return any(json.dumps(key, ensure_ascii=False)[1:-1] in text for key in keys)


def _hidden_value(value: Any, keys: Sequence[str]) -> Any:
    if isinstance(value, str):
        return _hidden_text(value, keys)
    if isinstance(value, dict):
        return {_hidden_value(name, keys): _hidden_value(inner, keys) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden_value(inner, keys) for inner in value]
    return value


def _hidden_text(text: str, keys: Sequence[str]) -> str:
    for key in keys:
        text = text.replace(key, HIDDEN)
    return text


def _begun(text: str, keys: Sequence[str]) -> int:
    """How many characters at the end of the text may be the beginning of a key."""
    for key in keys:
        at = text.find(key[:_NO_SECRET], max(0, len(text) - len(key) + 1))
        while at >= 0:
            if key.startswith(text[at:]):
                return len(text) - at
            at = text.find(key[:_NO_SECRET], at + 1)
    return 0
