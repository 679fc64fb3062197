"""Planted keys: in every place of a draft, over the borders of tokens, and in how an agent fails."""

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, strategies as st
from pydantic import JsonValue

from backend.agents.agent import AgentFailure
from backend.protocol.events import ArtifactEvent, CitationEvent, Draft, StatusEvent, TokenEvent, ToolLog, WarningEvent
from backend.runs.own_keys import HIDDEN, own_keys, without_keys

KEY = "sk-planted-0123456789abcdef"
KEYS = own_keys({"OPENAI_API_KEY": KEY, "PLAYHEAD_REMOTE_KEY": f"{KEY}-longer", "KEYBOARD": "a keyboard with keys"})


async def played(drafts: Sequence[Draft], failure: AgentFailure | None = None) -> AsyncIterator[Draft]:
    for draft in drafts:
        yield draft
    if failure is not None:
        raise failure


async def heard(drafts: Sequence[Draft], keys: Sequence[str] = KEYS) -> list[Draft]:
    return [draft async for draft in without_keys(played(drafts), keys)]


def test_the_longest_key_comes_first_and_words_are_none() -> None:
    assert [each for each in KEYS if each.startswith(KEY)] == [f"{KEY}-longer", KEY]
    assert own_keys({"API_KEY": "short", "MONKEY": "not a key by its name", "AUTH_KEY": "/run/secrets/key.pem"}) == ()


@pytest.mark.parametrize(
    "name", ["SEARCH_APIKEY", "API_KEYS", "db_password", "GOOGLE_CREDENTIALS", "HTTP_AUTHORIZATION", "MCP_AUTH"]
)
def test_every_usual_name_of_a_key_is_one(name: str) -> None:
    assert KEY in own_keys({name: KEY})


ODD = "p+l/a=n&t ed:\u00e4".replace(" ", "")


@pytest.mark.parametrize(
    "said",
    [
        f"GET https://api.example/v1?key={quote(ODD)}&a=b failed",
        f"GET https://api.example/v1?key={quote(ODD, safe='')} failed",
        f"Authorization: Basic {base64.b64encode(f'ana:{ODD}'.encode()).decode()}",
        f"Authorization: Basic {base64.b64encode(f'user1:{ODD}'.encode()).decode()}",
        f"Authorization: Basic {base64.b64encode(f'user12:{ODD}'.encode()).decode()}",
    ],
)
async def test_a_key_that_is_written_in_another_way_is_found(said: str) -> None:
    drafts = without_keys(played([WarningEvent(code="lost", message=said)]), own_keys({"API_KEY": ODD}))
    (kept,) = [draft async for draft in drafts]
    assert isinstance(kept, WarningEvent)
    assert HIDDEN in kept.message
    left = kept.message.replace(HIDDEN, "")
    assert ODD[2:] not in unquote(left)
    assert len(left) < len(said) - 8


@pytest.mark.parametrize(
    "draft",
    [
        TokenEvent(text=f"It is {KEY}."),
        StatusEvent(step_id="s", step="running_tool", label=KEY, detail=f"Bearer {KEY}"),
        StatusEvent(
            step_id="s", step="t", tool=ToolLog(name="t", arguments={KEY: [KEY]}, result={"deep": [{"k": KEY}]})
        ),
        CitationEvent(citation_id=KEY, number=1, title=KEY, url=f"https://a.example/?key={KEY}", quote=KEY),
        ArtifactEvent(artifact_id="a", kind="table", title=KEY, content={"columns": [KEY], "rows": [[KEY]]}),
        WarningEvent(code="lost", message=f"An event {KEY} was left out."),
    ],
    ids=lambda draft: draft.type,
)
async def test_no_field_of_any_event_contains_a_key(draft: Draft) -> None:
    (kept,) = await heard([draft])
    assert KEY not in kept.model_dump_json()
    assert HIDDEN in kept.model_dump_json()
    assert type(kept) is type(draft)


CHARACTERS = st.characters(exclude_categories=[], exclude_characters=f"<>{HIDDEN}")
"""Quotes, controls, half characters and all others, but for those that stand around a key or instead of it."""


@given(
    key=st.text(CHARACTERS, min_size=12, max_size=20),
    others=st.lists(st.text(CHARACTERS, max_size=8), max_size=3),
    place=st.sampled_from(["title", "name", "value", "deep"]),
)
def test_a_key_of_any_characters_is_found_wherever_it_stands(key: str, others: list[str], place: str) -> None:
    said = dict.fromkeys(("title", "name", "value", "deep"), "") | {place: f"<{key}>"}
    content: dict[str, JsonValue] = {said["name"]: [{"k": [said["deep"], *others]}, said["value"]]}
    draft = ArtifactEvent(artifact_id="a", kind="table", title=said["title"], content=content)
    (kept,) = asyncio.run(heard([draft], [key]))
    assert isinstance(kept, ArtifactEvent)
    hidden = {name: text and f"<{HIDDEN}>" for name, text in said.items()}
    assert kept.title == hidden["title"]
    assert kept.content == {hidden["name"]: [{"k": [hidden["deep"], *others]}, hidden["value"]]}


@pytest.mark.parametrize("text", ["nothing", "half a character: \ud800", KEY[:-1], "\\u0073k-planted"])
async def test_an_event_without_a_key_is_passed_on_as_it_is(text: str) -> None:
    draft = ArtifactEvent(artifact_id="a", kind="table", title="t", content={text: [text, 1, None, {"k": text}]})
    (kept,) = await heard([draft])
    assert kept is draft


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13])
async def test_a_key_in_pieces_is_found(size: int) -> None:
    text = f"before {KEY} between {KEY}-longer after {KEY[:9]} end {KEY[:6]}"
    pieces = [TokenEvent(text=text[at : at + size]) for at in range(0, len(text), size)]
    said = "".join(draft.text for draft in await heard(pieces) if isinstance(draft, TokenEvent))
    assert KEY[4:] not in said, "but for how keys of its provider begin"
    assert said.count(HIDDEN) == 2
    assert said.endswith(f"after {KEY[:9]} end {KEY[:6]}"), "what only begins like a key is kept"


async def test_what_waits_is_sent_before_the_next_step_and_drafts_without_keys_are_the_same() -> None:
    drafts: list[Draft] = [
        TokenEvent(text="It is sk-planted"),
        StatusEvent(step_id="s", step="look"),
        TokenEvent(text="!"),
    ]
    kept = await heard(drafts)
    assert [getattr(draft, "text", draft.type) for draft in kept] == ["It is ", "sk-planted", "status", "!"]
    assert kept[2] is drafts[1]
    assert kept[3] is drafts[2]


async def test_a_failure_does_not_repeat_a_key() -> None:
    failure = AgentFailure("refused", f"Wrong key {KEY}", retryable=True, outcome="interrupted")
    with pytest.raises(AgentFailure) as raised:
        [draft async for draft in without_keys(played([], failure), KEYS)]
    assert raised.value.message == f"Wrong key {HIDDEN}"
    assert (raised.value.code, raised.value.retryable, raised.value.outcome) == ("refused", True, "interrupted")
