"""Feedback and shares: what every adapter of the store port does."""

import asyncio
from typing import Any

import pytest

from backend.protocol.inputs import Person
from backend.runs.ids import new_feedback_id, new_share_id
from backend.runs.review import FeedbackRecord, RunPreference, ShareRecord, UnknownShareError
from backend.runs.store import KeyReusedError, RunStore, UnknownRunError, UnknownSessionError
from tests.runs.logs import a_run, an_ended_run, words

TIME = "2026-11-22T20:00:00.000+00:00"


def said(run_id: str, **fields: Any) -> FeedbackRecord:
    """Feedback that nobody has given yet."""
    told = {"thumb": "up", "comment": "Clear.", "at_ms": None, "created_at": TIME}
    return FeedbackRecord(feedback_id=new_feedback_id(), run_id=run_id, **{**told, **fields})


def link(run_id: str) -> ShareRecord:
    """A share that nobody has made yet."""
    return ShareRecord(new_share_id(), run_id, TIME)


async def test_feedback_comes_in_order_with_what_it_is_about(store: RunStore) -> None:
    one = await an_ended_run(store, question="Why?", agent="documents")
    other = await a_run(store, words(1), question="What?", agent="fake")
    assert await store.feedback() == await store.feedback(one) == []
    first, new = await store.add_feedback(said(one, thumb="down", comment="Warum? \u2028 \U0001f30d", at_ms=3.25))
    assert new
    assert (first.question, first.agent, first.at_ms) == ("Why?", "documents", 3.25)
    second, _ = await store.add_feedback(said(other, thumb=None, comment="Still running"))
    third, _ = await store.add_feedback(
        said(
            one,
            comment="",
            by=Person(id="prt_1", name="Ana"),
            reply_to=first.feedback_id,
            preference=RunPreference(other, "fake", "better"),
        )
    )
    assert third.preference == RunPreference(other, "fake", "better")
    assert (third.by, third.reply_to) == (Person(id="prt_1", name="Ana"), first.feedback_id)
    assert await store.feedback() == [first, second, third]
    assert await store.feedback(one) == [first, third]
    assert await store.feedback(other) == [second]


async def test_the_same_key_gives_feedback_once(store: RunStore) -> None:
    run_id = await an_ended_run(store)
    first, _ = await store.add_feedback(said(run_id, idempotency_key="k", at_ms=1.0))
    assert await store.add_feedback(said(run_id, idempotency_key="k", at_ms=1.0)) == (first, False)
    other = await an_ended_run(store)
    for different in (said(run_id, idempotency_key="k"), said(other, idempotency_key="k", at_ms=1.0)):
        with pytest.raises(KeyReusedError):
            await store.add_feedback(different)
    assert await store.feedback() == [first]


async def test_two_opinions_without_a_key_are_two(store: RunStore) -> None:
    run_id = await an_ended_run(store)
    await store.add_feedback(said(run_id))
    await store.add_feedback(said(run_id))
    assert len(await store.feedback(run_id)) == 2


async def test_a_run_has_one_share(store: RunStore) -> None:
    run_id = await a_run(store, words(1))
    shares = await asyncio.gather(*(store.share(link(run_id)) for _ in range(10)))
    assert sum(new for _, new in shares) == 1
    (share,) = {share for share, _ in shares}
    assert await store.shared(share.share_id) == share
    other, new = await store.share(link(await an_ended_run(store)))
    assert new
    assert other.share_id != share.share_id


async def test_a_withdrawn_share_is_gone_for_good(store: RunStore) -> None:
    run_id = await an_ended_run(store)
    share, _ = await store.share(link(run_id))
    await store.unshare(share.share_id)
    for call in (store.shared(share.share_id), store.unshare(share.share_id)):
        with pytest.raises(UnknownShareError):
            await call
    again, new = await store.share(link(run_id))
    assert new
    assert again.share_id != share.share_id
    with pytest.raises(UnknownShareError):
        await store.shared(share.share_id)
    assert (await store.record(run_id)).ended


async def test_all_shares_are_listed_latest_first(store: RunStore) -> None:
    assert await store.shares() == []
    one, two, three = [await an_ended_run(store) for _ in range(3)]
    later = ShareRecord(new_share_id(), one, "2026-11-22T21:00:00.000+00:00")
    made = [(await store.share(record))[0] for record in (link(two), later, link(three))]
    assert await store.shares() == [made[1], made[2], made[0]]
    await store.unshare(made[2].share_id)
    await store.delete(one)
    assert await store.shares() == [made[0]]


async def test_a_run_has_one_share_for_each_role_and_any_number_that_expire(store: RunStore) -> None:
    run_id = await an_ended_run(store)
    view, steer = [(await store.share(ShareRecord.of_run(run_id, role)))[0] for role in ("view", "steer")]
    assert (await store.share(ShareRecord.of_run(run_id, "steer"))) == (steer, False)
    ana = Person(id="prt_1", name="Ana", verified=True)
    brief = [(await store.share(ShareRecord.of_run(run_id, "view", 600, ana)))[0] for _ in range(2)]
    assert len({each.share_id for each in (view, steer, *brief)}) == 4
    assert await store.shared(brief[0].share_id) == brief[0]
    assert {each.share_id: each.by for each in await store.shares()}[brief[0].share_id] == ana
    assert (await store.shared(steer.share_id)).role == "steer"
    await store.delete(run_id)
    assert await store.shares() == []


async def test_a_share_whose_time_is_over_leads_nowhere(store: RunStore) -> None:
    run_id = await an_ended_run(store)
    over, _ = await store.share(ShareRecord.of_run(run_id, "view", -1))
    with pytest.raises(UnknownShareError):
        await store.shared(over.share_id)
    assert await store.shares() == []


async def test_a_conversation_is_shared_as_a_whole(store: RunStore) -> None:
    run_id = await an_ended_run(store)
    session_id = (await store.record(run_id)).session_id
    share, new = await store.share(ShareRecord.of_session(session_id, "comment"))
    assert (new, share.run_id, share.session_id, share.role) == (True, "", session_id, "comment")
    assert await store.share(ShareRecord.of_session(session_id, "comment")) == (share, False)
    assert await store.shared(share.share_id) == share
    await a_run(store, session_id=session_id)
    await store.delete(run_id)
    assert await store.shares() == [share], "it goes with the conversation, not with a run"
    await store.purge(session_id)
    assert await store.shares() == []
    with pytest.raises(UnknownSessionError):
        await store.share(ShareRecord.of_session(session_id))


async def test_an_id_of_a_run_is_no_share(store: RunStore) -> None:
    run_id = await an_ended_run(store)
    await store.share(link(run_id))
    with pytest.raises(UnknownShareError):
        await store.shared(run_id)


@pytest.mark.parametrize("whole_session", [False, True], ids=["the run", "its session"])
async def test_feedback_and_share_go_with_the_run(store: RunStore, whole_session: bool) -> None:
    run_id, other = await an_ended_run(store), await an_ended_run(store)
    await store.add_feedback(said(run_id, idempotency_key="k"))
    kept, _ = await store.add_feedback(said(other))
    share, _ = await store.share(link(run_id))
    if whole_session:
        await store.purge((await store.record(run_id)).session_id)
    else:
        await store.delete(run_id)
    assert await store.feedback() == [kept]
    with pytest.raises(UnknownRunError):
        await store.feedback(run_id)
    with pytest.raises(UnknownShareError):
        await store.shared(share.share_id)
    assert (await store.add_feedback(said(other, idempotency_key="k")))[1], "the key went with the feedback"


async def test_what_is_not_there_is_said_to_be_unknown(store: RunStore) -> None:
    for call in (store.add_feedback(said("run_x")), store.feedback("run_x"), store.share(link("run_x"))):
        with pytest.raises(UnknownRunError, match="run_x"):
            await call
    with pytest.raises(UnknownShareError):
        await store.shared("share_x")
    assert await store.feedback() == []
