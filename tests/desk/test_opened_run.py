"""Opening a run on Replay: by an address, from the list, from a file, and what happens where that fails."""

import copy
from contextlib import aclosing

import pytest

from backend.client.errors import ProblemError
from backend.desk.choices import Choice
from backend.desk.opened_run import OpenedRun, ReplayDesk, ReplayOffer, ShownRun
from backend.present.pages.problem import Problem
from backend.present.words import ask as words_ask, replay as words_replay, run as words
from tests.desk.fake_backend import FakeBackend, over, said, step

EMPTY = Problem("nothing_to_replay")


@pytest.fixture
def backend() -> FakeBackend:
    """One that keeps a run which is over."""
    backend = FakeBackend()
    backend.keep("run_1", step(), said(400, "Yes."), over(1000))
    return backend


@pytest.fixture
def desk(backend: FakeBackend) -> ReplayDesk:
    return ReplayDesk(backend, between_trials_s=0)


async def arrived(desk: ReplayDesk, opened: OpenedRun, **address: str) -> list[ReplayOffer]:
    """All that the page was offered until it had come to rest."""
    return [offer async for offer in desk.arrive(opened, address)]


def answer(shown: ShownRun | None) -> str:
    assert shown is not None
    return shown.moment.runs[0].view.message.answer


async def test_an_address_without_a_run_offers_the_latest_ones(desk: ReplayDesk, backend: FakeBackend) -> None:
    backend.keep("run_2")
    (offer,) = await arrived(desk, OpenedRun())
    assert [choice.name for choice in offer.runs] == ["run_2", "run_1"]
    assert (offer.notice, offer.shown) == (EMPTY, None)


async def test_an_address_leads_to_a_moment(desk: ReplayDesk) -> None:
    opened = OpenedRun()
    (offer,) = await arrived(desk, opened, run="run_1", t="400")
    assert offer.notice is None
    assert answer(offer.shown) == "Yes."
    assert offer.shown is not None
    assert (offer.shown.question, offer.shown.hint, offer.shown.unfinished) == ("What of run_1?", "", False)
    assert offer.shown.address == {"run": "run_1", "share": "", "t": "400"}
    assert opened.strip_data()["named"] == {"run": "run_1", "share": ""}
    assert (opened.run_id, opened.position_ms()) == ("run_1", 400)


async def test_a_share_is_for_reading_only(desk: ReplayDesk, backend: FakeBackend) -> None:
    backend.kept["share_1"] = backend.kept["run_1"]
    opened = OpenedRun()
    (offer,) = await arrived(desk, opened, share="share_1")
    assert offer.shown is not None
    assert (offer.shown.run_id, opened.run_id) == ("", "")
    assert offer.shown.address == {"run": "", "share": "share_1", "t": ""}


async def test_what_is_open_already_stays_where_its_playhead_stands(desk: ReplayDesk, backend: FakeBackend) -> None:
    opened = OpenedRun()
    await arrived(desk, opened, run="run_1")
    opened.seek(700)
    backend.asked.clear()
    for address in ({"run": "run_1", "t": "0"}, {}):
        (offer,) = await arrived(desk, opened, **address)
        assert offer.shown is not None
        assert (offer.notice, offer.shown.moment.runs[0].elapsed_ms) == (None, 700)
    assert backend.asked == ["runs", "runs"]


async def test_another_run_keeps_the_speed_and_begins_to_stand_still(desk: ReplayDesk, backend: FakeBackend) -> None:
    backend.keep("run_2", said(100, "No."), over(200))
    opened = OpenedRun()
    assert await desk.choose(opened, "run_1") is None
    opened.set_speed(4)
    opened.press_play()
    moves = opened.moves
    assert await desk.choose(opened, "run_2", 200) is None
    assert (opened.playhead.speed, opened.playhead.playing, opened.position_ms()) == (4, False, 200)
    assert opened.moves > moves, "or the strip would not know of it"
    assert answer(opened.shown()) == "No."


async def test_while_the_backend_is_away_it_says_so_and_goes_on_by_itself(
    desk: ReplayDesk, backend: FakeBackend
) -> None:
    backend.away_for = 3
    opened = OpenedRun()
    first, second = await arrived(desk, opened, run="run_1")
    assert first.notice == Problem("backend_down", "Nobody answers.")
    assert (first.runs, first.shown) == ((), None)
    assert second.notice is None
    assert answer(second.shown) == ""
    assert [choice.name for choice in second.runs] == ["run_1"]


async def test_with_a_run_open_a_list_that_does_not_come_is_not_worth_a_notice(
    desk: ReplayDesk, backend: FakeBackend
) -> None:
    opened = OpenedRun()
    await arrived(desk, opened, run="run_1")
    backend.away_for = 1
    (offer,) = await arrived(desk, opened, run="run_1")
    assert (offer.notice, offer.runs) == (None, ())
    assert await desk.runs() is None, "an older list stays"
    backend.away_for = 0
    assert await desk.runs() == offer.runs or [choice.name for choice in await desk.runs() or ()] == ["run_1"]


async def test_a_refused_list_is_said_and_does_not_keep_a_run_from_being_opened(
    desk: ReplayDesk, backend: FakeBackend
) -> None:
    backend.refusal = ProblemError(401, "unauthorized", "Send the token.")
    (offer,) = await arrived(desk, OpenedRun())
    assert offer.notice == Problem("refused", "Send the token.")
    (offer,) = await arrived(desk, OpenedRun(), run="run_1")
    assert (offer.notice, answer(offer.shown)) == (None, "")


@pytest.mark.parametrize(
    ("parameter", "opened_id", "problem"),
    [
        ("run", "run_gone", Problem("run_not_found")),
        ("share", "share_gone", Problem("run_not_found", words_ask.SHARE_NOT_FOUND)),
    ],
)
async def test_a_deleted_run_and_a_withdrawn_share_have_pages_of_their_own(
    desk: ReplayDesk, parameter: str, opened_id: str, problem: Problem
) -> None:
    opened = OpenedRun()
    await arrived(desk, opened, run="run_1")
    (offer,) = await arrived(desk, opened, **{parameter: opened_id})
    assert offer.notice == problem
    assert opened.opened_id == "run_1", "what was open stays"


async def test_a_file_stays_in_this_tab(desk: ReplayDesk, backend: FakeBackend) -> None:
    opened = OpenedRun()
    await desk.choose(opened, "run_1", 400)
    assert await desk.open_file(opened, backend.kept["run_1"].recording) is None
    shown = opened.shown()
    assert shown is not None
    assert (shown.run_id, shown.hint, shown.unfinished) == ("", words_replay.TEMPORARY_LINK, False)
    assert set(shown.address.values()) == {""}
    (offer,) = await arrived(desk, opened)
    assert offer.shown == shown, "an address that names nothing leaves it open"


async def test_a_file_that_was_cut_is_not_fetched_anew(desk: ReplayDesk, backend: FakeBackend) -> None:
    opened = OpenedRun()
    assert await desk.open_file(opened, backend.keep("run_2", step()).recording) is None
    shown = opened.shown()
    assert shown is not None
    assert (shown.hint, shown.unfinished) == (words_replay.TEMPORARY_LINK, False)


async def test_a_bad_file_is_refused_and_what_was_open_stays(desk: ReplayDesk) -> None:
    opened = OpenedRun()
    await desk.choose(opened, "run_1")
    problem = await desk.open_file(opened, b"Dear diary")
    assert problem is not None
    assert (problem.notice, opened.opened_id) == ("invalid_recording", "run_1")


async def test_a_recording_that_cannot_be_read_is_a_problem_too(desk: ReplayDesk, backend: FakeBackend) -> None:
    backend.kept["run_1"].header = backend.kept["run_1"].header.model_copy(update={"version": 99})
    problem = await desk.choose(OpenedRun(), "run_1")
    assert problem is not None
    assert (problem.notice, problem.passes) == ("refused", False)


async def test_more_of_a_run_that_was_not_over_is_loaded_where_the_playhead_stands(
    desk: ReplayDesk, backend: FakeBackend
) -> None:
    running = backend.keep("run_2", step(), said(500, "Ye"))
    opened = OpenedRun()
    await desk.choose(opened, "run_2", 300)
    shown = opened.shown()
    assert shown is not None
    assert (shown.unfinished, shown.hint) == (True, words_replay.STILL_RUNNING)
    await running.add(said(900, "s."), over(1000))
    assert await desk.refresh(opened) == ""
    shown = opened.shown()
    assert shown is not None
    assert (shown.unfinished, shown.hint, len(shown.events), opened.position_ms()) == (False, "", 4, 300)


async def test_a_refresh_that_fails_gives_a_sentence_and_keeps_what_there_is(
    desk: ReplayDesk, backend: FakeBackend
) -> None:
    backend.keep("run_2", step())
    opened = OpenedRun()
    await desk.choose(opened, "run_2")
    backend.away_for = 1
    assert await desk.refresh(opened) == "Nobody answers."
    backend.away_for = 0
    del backend.kept["run_2"]
    assert await desk.refresh(opened) == words.NOTICES["run_not_found"][1]
    assert opened.shown() is not None


async def test_an_arrival_that_nobody_waits_for_ends(desk: ReplayDesk, backend: FakeBackend) -> None:
    backend.away_for = 1_000_000
    async with aclosing(desk.arrive(OpenedRun(), {"run": "run_1"})) as offers:
        assert (await anext(offers)).notice is not None
    with pytest.raises(StopAsyncIteration):
        await anext(offers)


async def test_a_state_can_be_copied_for_every_tab(desk: ReplayDesk) -> None:
    first = OpenedRun()
    tabs = [copy.deepcopy(first), copy.deepcopy(first)]
    await desk.choose(tabs[0], "run_1")
    assert [tab.is_open for tab in (first, *tabs)] == [False, True, False]


async def test_runs_are_offered_by_their_titles(desk: ReplayDesk) -> None:
    assert await desk.runs() == (Choice("run_1 · documents · Running", "run_1"),)
