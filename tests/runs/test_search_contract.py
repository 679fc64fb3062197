"""Finding, deleting and renaming: what every adapter of the store port does."""

import asyncio

import pytest
from hypothesis import given, strategies as st

from backend.runs.ids import new_session_id
from backend.runs.search import PlaceError, RunQuery, folded
from backend.runs.store import RunStore, UnknownRunError, UnknownSessionError
from tests.fakes import settle
from tests.runs.logs import a_record, a_run, an_ended_run, append, frames_of, the_end, words

EVERYTHING = RunQuery()


async def found(store: RunStore, query: RunQuery, limit: int = 50) -> list[str]:
    """The ids of all runs that fit, page by page."""
    ids: list[str] = []
    before: str | None = ""
    while before is not None:
        page = await store.runs(query, limit, before)
        assert len(page.runs) <= limit
        ids += [record.run_id for record in page.runs]
        before = page.next
    return ids


async def test_runs_come_latest_first_with_what_is_known_of_them(store: RunStore) -> None:
    assert (await store.runs(EVERYTHING)).runs == ()
    first, second = await an_ended_run(store), await a_run(store, words(5))
    page = await store.runs(EVERYTHING)
    assert page.runs == (await store.record(second), await store.record(first))
    assert page.next is None
    assert [(run.outcome, run.last_seq) for run in page.runs] == [(None, 5), ("completed", 4)]


async def test_what_a_run_took_is_known_once_it_has_ended(store: RunStore) -> None:
    run_id = await a_run(store, words(2))
    record = await store.record(run_id)
    assert (record.duration_ms, record.ttft_ms) == (None, None)
    await store.finish(run_id, [], the_end(3, latency_ms=31.5, ttft_ms=10.0))
    record = await store.record(run_id)
    assert (record.duration_ms, record.ttft_ms) == (31.5, 10.0)
    assert (await store.runs(EVERYTHING)).runs == (record,)


async def test_an_end_that_does_not_say_how_long_it_took_is_timed_by_its_stamp(store: RunStore) -> None:
    record = await store.record(await an_ended_run(store, tokens=3))
    assert (record.duration_ms, record.ttft_ms) == (40.0, None)


TEXTS = [
    ("Concentration", True),
    ("cONCENTRATION RISK", True),
    ("ration r", True),
    ("%", False),
    ("_", False),
    ("risk%rising", False),
    ("*", False),
    ("risk*rising", False),
    ("r?sk", False),
    ("[r]isk", False),
    ("[", False),
    ("risk\0", False),
    ("Risk is  rising", False),
    ("\\", False),
    ("'", False),
    ("*", False),
]


@pytest.mark.parametrize(("text", "fits"), TEXTS, ids=[repr(text) for text, _ in TEXTS])
async def test_text_is_a_part_of_the_question_and_no_pattern(store: RunStore, text: str, fits: bool) -> None:
    run_id = await an_ended_run(store, question="Is NVIDIA's concentration risk rising?".replace("'", "\u2019"))
    await an_ended_run(store, question="Another one?")
    assert await found(store, RunQuery(text=text)) == ([run_id] if fits else [])


@pytest.mark.parametrize("text", ["100%", "a_b", "C:\\data", "it's", "ÜBERSICHT", "übersicht", "U\u0308BER", "STRASSE"])
async def test_signs_and_letters_of_every_script_are_found(store: RunStore, text: str) -> None:
    run_id = await an_ended_run(store, question="Is it's a_b in C:\\data 100% of the Übersicht der Straße?")
    await an_ended_run(store, question="Is its aXb in C:/data 1000 of the Ubersicht?")
    assert await found(store, RunQuery(text=text)) == [run_id]


async def test_runs_are_found_by_agent_session_and_outcome(store: RunStore) -> None:
    session = new_session_id()
    one = await an_ended_run(store, agent="documents", session_id=session)
    two = await a_run(store, agent="documents")
    await store.finish(two, [], the_end(1, outcome="failed"))
    three = await a_run(store, words(1), agent="scripted:happy_path", session_id=session, question="What now?")
    assert await found(store, RunQuery(agent="documents")) == [two, one]
    assert await found(store, RunQuery(agent="document")) == []
    assert await found(store, RunQuery(session_id=session)) == [three, one]
    assert await found(store, RunQuery(outcome="running")) == [three]
    assert await found(store, RunQuery(outcome="failed")) == [two]
    assert await found(store, RunQuery(outcome="cancelled")) == []
    assert await found(store, RunQuery(text="what", agent="scripted:happy_path", session_id=session)) == [three]
    assert await found(store, RunQuery(text="what", outcome="completed")) == []


async def test_what_an_owner_asked_is_found_apart(store: RunStore) -> None:
    first, second = new_session_id(), new_session_id()
    ana = [await a_run(store, session_id=session_id, owner="ana") for session_id in (first, second)]
    ben = await a_run(store, session_id=first, owner="ben")
    nobody = await a_run(store, question="Nobody's")
    assert await found(store, RunQuery(owner="ana")) == ana[::-1]
    assert await found(store, RunQuery(owner="ben", text="")) == [ben]
    assert await found(store, RunQuery(owner="ana", text="nobody")) == []
    assert await found(store, RunQuery(owner="")) == [nobody]
    assert {each.session_id for each in await store.sessions(owner="ana")} == {first, second}
    assert [each.session_id for each in await store.sessions(owner="ben")] == [first]
    assert len(await store.sessions(1, "ana")) == 1
    assert len(await store.sessions()) == 3
    assert (await store.record(ben)).owner == "ben"


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
async def test_pages_hold_every_run_once(store: RunStore, limit: int) -> None:
    run_ids = [await an_ended_run(store, tokens=0) for _ in range(7)]
    assert await found(store, EVERYTHING, limit) == run_ids[::-1]
    assert (await store.runs(EVERYTHING, limit=7)).next is None


async def test_a_place_stays_good_while_runs_come_and_go(store: RunStore) -> None:
    run_ids = [await an_ended_run(store, tokens=0) for _ in range(5)]
    page = await store.runs(EVERYTHING, limit=2)
    assert page.next is not None
    await store.delete(run_ids[3])
    await store.delete(run_ids[2])
    await an_ended_run(store, tokens=0)
    rest = await store.runs(EVERYTHING, limit=2, before=page.next)
    assert [record.run_id for record in rest.runs] == [run_ids[1], run_ids[0]]


@pytest.mark.parametrize("place", ["x", "0", "-1", "1.5", " 1", "1;", "\u0661", "9" * 19])
async def test_a_text_that_is_no_place_is_refused(store: RunStore, place: str) -> None:
    with pytest.raises(PlaceError, match="next"):
        await store.runs(EVERYTHING, before=place)


async def test_a_deleted_run_is_gone_and_the_rest_of_its_session_stays(store: RunStore) -> None:
    session = new_session_id()
    first = await an_ended_run(store, session_id=session, question="First?", idempotency_key="k")
    second = await an_ended_run(store, session_id=session, question="Second?")
    await store.delete(first)
    for call in (store.record(first), store.events(first), store.snapshot(first), store.delete(first)):
        with pytest.raises(UnknownRunError):
            await call
    assert await found(store, EVERYTHING) == [second]
    kept = await store.session(session)
    assert [run.run_id for run in kept.runs] == [second]
    assert kept.title == "Second?", "a deleted question must not live on as a title"
    assert (await store.submit(a_record(idempotency_key="k")))[1]


async def test_a_session_goes_with_its_last_run(store: RunStore) -> None:
    run_id = await an_ended_run(store)
    session_id = (await store.record(run_id)).session_id
    await store.rename(session_id, "Kept?")
    await store.delete(run_id)
    assert await store.sessions() == []
    with pytest.raises(UnknownSessionError):
        await store.session(session_id)


async def test_deleting_a_running_run_lets_its_followers_go(store: RunStore) -> None:
    run_id = await a_run(store, words(2))
    follower = asyncio.create_task(frames_of(store, run_id))
    await settle()
    await store.delete(run_id)
    assert len(await follower) == 2
    with pytest.raises(UnknownRunError):
        await append(store, run_id, words(1, 3))
    with pytest.raises(UnknownRunError):
        await store.finish(run_id, [], the_end(3))


async def test_a_renamed_session_keeps_its_name_and_its_place(store: RunStore) -> None:
    one, two = new_session_id(), new_session_id()
    first = await an_ended_run(store, session_id=one, question="First?")
    await an_ended_run(store, session_id=two)
    renamed = await store.rename(one, "Revenue")
    assert (renamed.session_id, renamed.title, renamed.runs) == (one, "Revenue", ())
    assert [session.session_id for session in await store.sessions()] == [two, one]
    await an_ended_run(store, session_id=one, question="Second?")
    await store.delete(first)
    assert (await store.session(one)).title == "Revenue"
    assert [session.title for session in await store.sessions()] == ["Revenue", "Why?"]
    with pytest.raises(UnknownSessionError, match="ses_x"):
        await store.rename("ses_x", "Nothing")


@given(st.text(), st.text(), st.text())
def test_whatever_stands_in_a_question_is_found_in_either_case(before: str, part: str, behind: str) -> None:
    assert folded(folded(part)) == folded(part)
    assert folded(part) in folded(f"{before} {part} {behind}")
