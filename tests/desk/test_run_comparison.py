"""Getting two runs on Compare: named by an address, chosen, from a file, or raced; and stopping both."""

import pytest

from backend.client.agent_replies import OfferedAgent
from backend.client.errors import ProblemError
from backend.desk.pair_stream import Pace
from backend.desk.run_comparison import CompareDesk, CompareOffer
from backend.desk.run_pair import RunPair
from backend.present.pages.problem import Problem
from backend.present.words import ask as words_ask, compare as words_compare, run as words
from tests.desk.fake_backend import FakeBackend, over, said, step

EMPTY = Problem("nothing_to_compare")
AWAY = Problem("backend_down", "Nobody answers.")
BRIEF = OfferedAgent(agent="scripted:brief", title="Brief", examples=("What is brief?",))
DOCUMENTS = OfferedAgent(agent="documents", title="Your documents", examples=("Is it rising?",))


@pytest.fixture
def backend() -> FakeBackend:
    """One that keeps two runs which are over, and offers two agents."""
    backend = FakeBackend()
    backend.keep("run_1", step(), said(400, "One."), over(1000))
    backend.keep("run_2", step(), said(900, "Two."), over(2000))
    backend.offers = (DOCUMENTS, BRIEF)
    return backend


@pytest.fixture
def desk(backend: FakeBackend) -> CompareDesk:
    return CompareDesk(backend, Pace(drawn_every_s=0.001, trials_every_s=0))


async def arrived(desk: CompareDesk, pair: RunPair, **address: str) -> list[CompareOffer]:
    """All that the page was offered until it had come to rest."""
    return [offer async for offer in desk.arrive(pair, address)]


def named(pair: RunPair) -> tuple[str, str]:
    return pair.named()["a"], pair.named()["b"]


async def test_the_page_offers_runs_agents_and_a_question_to_begin_with(desk: CompareDesk) -> None:
    (offer,) = await arrived(desk, RunPair())
    assert [choice.name for choice in offer.runs] == ["run_2", "run_1"]
    assert [choice.title for choice in offer.agents] == ["Your documents", "Brief"]
    assert [choice.name for choice in offer.scenarios] == ["scripted:brief"]
    assert (offer.question, offer.agents_to_begin_with) == ("Is it rising?", ("documents", "scripted:brief"))
    assert offer.notice == EMPTY


@pytest.mark.parametrize(("offers", "names"), [((), ("", "")), ((BRIEF,), ("scripted:brief", "scripted:brief"))])
async def test_where_there_are_not_two_agents(
    desk: CompareDesk, backend: FakeBackend, offers: tuple[OfferedAgent, ...], names: tuple[str, str]
) -> None:
    backend.offers = offers
    assert (await desk.offer(RunPair())).agents_to_begin_with == names


async def test_an_address_leads_to_two_runs_at_a_moment(desk: CompareDesk) -> None:
    pair = RunPair()
    (offer,) = await arrived(desk, pair, a="run_1", b="run_2", t="500")
    assert offer.notice is None
    assert (named(pair), pair.position_ms()) == (("run_1", "run_2"), 500)


async def test_without_a_moment_both_are_seen_whole(desk: CompareDesk) -> None:
    pair = RunPair()
    await arrived(desk, pair, a="run_1", b="run_2")
    assert (pair.position_ms(), pair.at_the_end()) == (2000, True)


async def test_one_run_alone_is_kept_and_nothing_to_compare(desk: CompareDesk) -> None:
    pair = RunPair()
    (offer,) = await arrived(desk, pair, a="run_1")
    assert (offer.notice, named(pair)) == (EMPTY, ("run_1", ""))


async def test_what_is_open_already_is_not_opened_again(desk: CompareDesk, backend: FakeBackend) -> None:
    pair = RunPair()
    await arrived(desk, pair, a="run_1", b="run_2")
    pair.seek(700)
    serial = pair.serial
    backend.asked.clear()
    for address in ({"a": "run_1", "b": "run_2", "t": "0"}, {}):
        await arrived(desk, pair, **address)
    assert (pair.serial, pair.position_ms()) == (serial, 700)
    assert set(backend.asked) == {"me", "runs", "agents"}


async def test_a_side_that_the_address_names_no_longer_is_cleared_unless_it_is_from_a_file(
    desk: CompareDesk, backend: FakeBackend
) -> None:
    pair = RunPair()
    await arrived(desk, pair, a="run_1", b="run_2")
    await arrived(desk, pair, b="run_2")
    assert (named(pair), pair.complete) == (("", "run_2"), False)
    assert await desk.put_file(pair, "first", backend.kept["run_1"].recording) is None
    await arrived(desk, pair, b="run_2")
    assert (named(pair), pair.complete) == (("", "run_2"), True)


async def test_while_the_backend_is_away_it_says_so_and_goes_on_by_itself(
    desk: CompareDesk, backend: FakeBackend
) -> None:
    backend.away_for = 3
    pair = RunPair()
    first, second = await arrived(desk, pair, a="run_1", b="run_2", t="500")
    assert first == CompareOffer(notice=AWAY)
    assert (second.notice, len(second.agents), pair.position_ms()) == (None, 2, 500)


async def test_with_both_open_offers_that_do_not_come_are_not_worth_a_notice(
    desk: CompareDesk, backend: FakeBackend
) -> None:
    pair = RunPair()
    await arrived(desk, pair, a="run_1", b="run_2")
    backend.away_for = 1
    (offer,) = await arrived(desk, pair, a="run_1", b="run_2")
    assert (offer.notice, offer.agents, offer.complete, offer.running) == (None, (), True, False)


async def test_refused_offers_are_a_notice(desk: CompareDesk, backend: FakeBackend) -> None:
    backend.refusal = ProblemError(401, "unauthorized", "Send the token.")
    assert await arrived(desk, RunPair()) == [CompareOffer(notice=Problem("refused", "Send the token."))]


@pytest.mark.parametrize(
    ("opened_id", "problem"),
    [("run_9", Problem("run_not_found")), ("share_9", Problem("run_not_found", words_ask.SHARE_NOT_FOUND))],
)
async def test_a_deleted_run_and_a_withdrawn_share_are_said(
    desk: CompareDesk, opened_id: str, problem: Problem
) -> None:
    pair = RunPair()
    (offer,) = await arrived(desk, pair, a="run_1", b=opened_id)
    assert (offer.notice, named(pair)) == (problem, ("run_1", ""))


async def test_a_run_that_is_not_among_the_latest_is_offered_where_it_is_open(
    desk: CompareDesk, backend: FakeBackend
) -> None:
    backend.kept["share_1"] = backend.kept.pop("run_1")
    for number in range(60):
        backend.keep(f"run_{number + 10}")
    pair = RunPair()
    (offer,) = await arrived(desk, pair, a="share_1", b="run_69")
    assert [choice.name for choice in offer.runs].count("run_69") == 1
    assert offer.runs[-1].name == "share_1"
    assert offer.runs[-1].title.startswith("What of run_1?")


async def test_a_side_is_chosen_and_cleared(desk: CompareDesk) -> None:
    pair = RunPair()
    assert await desk.choose(pair, "second", "run_2") is None
    assert named(pair) == ("", "run_2")
    assert await desk.choose(pair, "second", "") is None
    assert pair.sides == ()


async def test_what_cannot_be_chosen_leaves_the_pair_as_it_is(desk: CompareDesk, backend: FakeBackend) -> None:
    pair = RunPair()
    await arrived(desk, pair, a="run_1", b="run_2")
    serial = pair.serial
    assert await desk.choose(pair, "first", "run_9") == Problem("run_not_found")
    backend.away_for = 1
    assert await desk.choose(pair, "first", "run_2") == AWAY
    bad = await desk.put_file(pair, "first", b"Dear diary")
    assert bad is not None
    assert bad.notice == "invalid_recording"
    assert (pair.serial, named(pair)) == (serial, ("run_1", "run_2"))


async def test_two_agents_race_to_the_end_of_the_slower_one(desk: CompareDesk, backend: FakeBackend) -> None:
    pair = RunPair()
    backend.away_for = 0
    assert await desk.race(pair, "Who is first?", "documents", "scripted:brief") is None
    assert named(pair) == ("run_3", "run_4")
    assert (pair.complete, pair.running) == (True, True)
    last = None
    async for update in desk.follow(pair):
        last = update
        if not pair.side("first").recording.events:
            await backend.kept["run_3"].add(step(), said(300, "One."), over(400))
            await backend.kept["run_4"].add(step(), said(700, "Two."), over(900))
    assert last is not None
    assert [run.name for run in last.compared] == ["documents", "scripted:brief"]
    assert [seen.view.message.answer for seen in last.moment.runs] == ["One.", "Two."]
    assert (last.running, pair.position_ms()) == (False, 900)


async def test_a_blind_race_names_no_agent_and_chance_decides_which_is_first(
    desk: CompareDesk, backend: FakeBackend
) -> None:
    backend.most_runs = 1000
    orders: set[tuple[str, ...]] = set()
    while len(orders) < 2:
        pair = RunPair()
        assert await desk.race(pair, "Who is first?", "documents", "scripted:brief", blind=True) is None
        assert [run.name for run in pair.compared()] == [words_compare.ANSWER_A, words_compare.ANSWER_B]
        orders.add(tuple(side.recording.header.agent for side in pair.sides))
    opened = RunPair()
    await arrived(desk, opened, a="run_1", b="run_2", blind="1")
    assert (opened.blind, opened.named()["blind"]) == (True, "1")
    await desk.choose(opened, "first", "run_2")
    assert not opened.blind, "another run on one side is no blind comparison"


async def test_one_scenario_with_and_without_its_status(desk: CompareDesk, backend: FakeBackend) -> None:
    pair = RunPair()
    assert await desk.race_status(pair, "scripted:brief") is None
    assert [run.name for run in pair.compared()] == [words_compare.WITH_STATUS, words_compare.WITHOUT_STATUS]
    assert [backend.kept[name].header.question for name in named(pair)] == ["What is brief?", "What is brief?"]


@pytest.mark.parametrize(
    ("question", "first", "second", "problem"),
    [
        ("  ", "documents", "scripted:brief", Problem("invalid_question", words.QUESTION_EMPTY)),
        ("Why?", "", "scripted:brief", Problem("invalid_question")),
        ("Why?", "documents", "", Problem("invalid_question")),
    ],
)
async def test_a_race_without_a_question_or_without_two_does_not_begin(
    desk: CompareDesk, backend: FakeBackend, question: str, first: str, second: str, problem: Problem
) -> None:
    assert await desk.race(RunPair(), question, first, second) == problem
    assert await desk.race_status(RunPair(), "") == Problem("invalid_question")
    assert backend.asked == []


async def test_a_race_whose_second_run_is_refused_does_not_begin(desk: CompareDesk, backend: FakeBackend) -> None:
    backend.most_runs = 3
    pair = RunPair()
    await arrived(desk, pair, a="run_1", b="run_2")
    assert await desk.race(pair, "Why?", "documents", "scripted:brief") == Problem("refused", "Wait.")
    assert backend.cancelled == ["run_3"]
    assert named(pair) == ("run_1", "run_2"), "the pair on the page stays"


async def test_a_race_that_nobody_answers_is_said(desk: CompareDesk, backend: FakeBackend) -> None:
    backend.away_for = 1
    assert await desk.race(RunPair(), "Why?", "documents", "scripted:brief") == AWAY
    assert await desk.race_status(RunPair(), "scripted:brief") == AWAY


async def test_stop_ends_what_still_runs_and_says_what_cannot_be_stopped(
    desk: CompareDesk, backend: FakeBackend
) -> None:
    backend.keep("run_3", step())
    pair = RunPair()
    await arrived(desk, pair, a="run_1", b="run_3")
    backend.stubborn = True
    assert await desk.stop(pair) == ("run_3 cannot be stopped.",)
    backend.stubborn = False
    assert await desk.stop(pair) == ()
    assert backend.cancelled == ["run_3"]
    updates = [update async for update in desk.follow(pair)]
    assert updates[-1].moment.runs[1].view.stream.outcome == "cancelled"
