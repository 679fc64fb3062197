"""The link to a run: shown, folded away, withdrawn."""

import asyncio
from dataclasses import dataclass

import pytest

from backend.desk.sharing import Sharing
from backend.present.words import pages as words_pages
from tests.desk.fake_history import REFUSED, FakeHistory, HeldCall


@dataclass
class ShownRun:
    """Implements ``RunOnPage``."""

    run_id: str
    share_id: str = ""
    commenting: bool = False
    moment_ms: float | None = None


@pytest.fixture
def backend() -> FakeHistory:
    return FakeHistory()


@pytest.fixture
def sharing(backend: FakeHistory) -> Sharing:
    return Sharing(backend)


@pytest.fixture
def run(backend: FakeHistory) -> ShownRun:
    return ShownRun(backend.add("What is it?"))


async def test_share_shows_the_link_and_once_more_folds_it_away(
    backend: FakeHistory, sharing: Sharing, run: ShownRun
) -> None:
    run.commenting = True
    assert await sharing.toggle(run) == ""
    first = run.share_id
    assert backend.shared == {first: run.run_id}
    assert not run.commenting
    assert (await sharing.toggle(run), run.share_id) == ("", "")
    assert backend.shared == {first: run.run_id}, "a link that is folded away still works"
    assert (await sharing.toggle(run), run.share_id) == ("", first)


async def test_a_share_that_was_withdrawn_elsewhere_is_not_shown_again(
    backend: FakeHistory, sharing: Sharing, run: ShownRun
) -> None:
    await sharing.unfold(run)
    first = run.share_id
    await sharing.fold(run)
    await backend.unshare(first)
    await sharing.unfold(run)
    assert run.share_id in backend.shared
    assert run.share_id != first


async def test_a_link_is_withdrawn(backend: FakeHistory, sharing: Sharing, run: ShownRun) -> None:
    await sharing.unfold(run)
    assert await sharing.withdraw(run) == words_pages.UNSHARED
    assert (run.share_id, backend.shared) == ("", {})
    backend.names()
    assert (await sharing.withdraw(run), backend.names()) == ("", [])


async def test_what_cannot_be_done_is_answered_in_a_sentence(
    backend: FakeHistory, sharing: Sharing, run: ShownRun
) -> None:
    backend.refusals = {"share": REFUSED, "unshare": REFUSED}
    run.commenting = True
    assert (await sharing.unfold(run), run.share_id, run.commenting) == (REFUSED.sentence, "", True)
    run.share_id = "share_1"
    assert (await sharing.withdraw(run), run.share_id) == (REFUSED.sentence, "share_1")


async def test_a_link_never_shows_beside_another_run(backend: FakeHistory, sharing: Sharing, run: ShownRun) -> None:
    held = backend.held["share"] = HeldCall()
    pressed = asyncio.create_task(sharing.unfold(run))
    await held.reached.wait()
    run.run_id = backend.add("Another?")
    held.answered.set()
    assert (await pressed, run.share_id) == ("", "")
