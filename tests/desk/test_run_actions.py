"""The chosen run saved and deleted, its conversation renamed and deleted."""

import pytest

from backend.client.errors import ProblemError
from backend.desk.run_actions import EXPORT_LABELS, RunActions
from backend.desk.run_history import RunHistory
from backend.desk.run_search import RunSearch
from backend.present.offline_page.exports import ExportedFile, ExportForm
from backend.present.words import history as words_history
from backend.protocol.recording_reader import parse_recording
from tests.desk.fake_history import REFUSED, FakeHistory


@pytest.fixture
def backend() -> FakeHistory:
    made = FakeHistory()
    made.add("Another?", session="other")
    made.add("What is it?", session="talk")
    made.add("And then?", session="talk")
    return made


@pytest.fixture
def actions(backend: FakeHistory) -> RunActions:
    return RunActions(backend)


@pytest.fixture
async def history(backend: FakeHistory) -> RunHistory:
    """A page on which the run with the question ``What is it?`` is chosen."""
    made = RunHistory()
    await proceed(backend, made, chosen=backend.past[1].run_id)
    backend.calls.clear()
    return made


async def proceed(backend: FakeHistory, history: RunHistory, chosen: str = "") -> None:
    search = RunSearch(backend, between_trials_s=0)
    if chosen:
        await search.choose(history, chosen)
    async for _ in search.proceed(history):
        pass


def left(backend: FakeHistory) -> list[str]:
    return [run.question for run in backend.past]


@pytest.mark.parametrize(
    ("form", "name", "content"),
    [
        ("recording", "what-is-it.jsonl", b"An answer."),
        ("markdown", "what-is-it.md", b"An answer."),
        ("report", "what-is-it.html", b"Well said."),
    ],
)
async def test_a_run_is_saved_in_three_forms(
    backend: FakeHistory, actions: RunActions, history: RunHistory, form: ExportForm, name: str, content: bytes
) -> None:
    backend.say(history.run_id, "Well said.")
    file = await actions.export(history, form)
    assert isinstance(file, ExportedFile)
    assert file.name == name
    assert content in file.content
    if form == "recording":
        assert parse_recording(file.content).header.run_id == history.run_id


def test_each_form_has_a_button() -> None:
    assert list(EXPORT_LABELS) == ["recording", "markdown", "report"]


@pytest.mark.parametrize("form", list(EXPORT_LABELS))
async def test_a_run_that_cannot_be_saved_is_answered_in_a_sentence(
    backend: FakeHistory, actions: RunActions, history: RunHistory, form: ExportForm
) -> None:
    backend.refusals["recording"] = REFUSED
    assert await actions.export(history, form) == REFUSED.sentence
    del backend.refusals["recording"]
    backend.away = True
    assert await actions.export(history, form) == "Nobody answers."


async def test_a_recording_that_cannot_be_read_is_answered_in_a_sentence(history: RunHistory) -> None:
    class Garbled(FakeHistory):
        async def recording(self, run_id: str) -> bytes:
            return b"not a recording"

    sentence = await RunActions(Garbled()).export(history, "report")
    assert isinstance(sentence, str)
    assert sentence.endswith(".")


async def test_all_feedback_is_saved_as_a_table(backend: FakeHistory, actions: RunActions, history: RunHistory) -> None:
    backend.say(history.run_id, "Well said.")
    assert await actions.export_feedback() == ExportedFile("feedback.csv", "text/csv", b"Well said.")
    backend.away = True
    assert await actions.export_feedback() == "Nobody answers."


async def test_a_conversation_is_renamed_without_the_spaces_around_its_name(
    backend: FakeHistory, actions: RunActions, history: RunHistory
) -> None:
    assert await actions.rename(history, "  Revenue \n") == words_history.NAMED
    assert backend.calls == [("rename_session", "talk", "Revenue")]
    assert history.state.chosen is not None
    assert history.state.chosen.conversation == "Revenue"
    await proceed(backend, history)
    assert "Revenue" in [choice.title for choice in history.state.conversations]


async def test_a_name_that_is_refused_is_answered_in_a_sentence(
    backend: FakeHistory, actions: RunActions, history: RunHistory
) -> None:
    backend.refusals["rename_session"] = ProblemError(422, "empty-title", "Write a name first.")
    assert await actions.rename(history, " ") == "Write a name first."
    assert history.state.chosen is not None
    assert (history.state.chosen.conversation, history.state.complete) == ("What is it?", True)


async def test_nothing_is_deleted_before_it_is_confirmed(
    backend: FakeHistory, actions: RunActions, history: RunHistory
) -> None:
    assert (await actions.delete(history), history.state.deletion_question) == ("", "")
    await actions.ask_to_delete(history, "run")
    assert history.state.deletion_question == words_history.DELETE_RUN_QUESTION
    await actions.ask_to_delete(history, "conversation")
    assert history.state.deletion_question == words_history.DELETE_CONVERSATION_QUESTION
    await actions.keep(history)
    assert (await actions.delete(history), history.state.deleting) == ("", None)
    assert backend.calls == []


async def test_a_confirmation_ends_when_another_run_is_chosen(
    backend: FakeHistory, actions: RunActions, history: RunHistory
) -> None:
    await actions.ask_to_delete(history, "run")
    await proceed(backend, history, chosen=backend.past[0].run_id)
    assert (history.state.deleting, await actions.delete(history)) == (None, "")
    assert len(backend.past) == 3


async def test_a_deleted_run_is_gone_from_the_list_and_nothing_is_chosen(
    backend: FakeHistory, actions: RunActions, history: RunHistory
) -> None:
    await actions.ask_to_delete(history, "run")
    assert await actions.delete(history) == words_history.DELETED
    await proceed(backend, history)
    assert left(backend) == ["Another?", "And then?"]
    assert [run.question for run in history.state.runs] == ["And then?", "Another?"]
    assert (history.state.chosen, history.state.chosen_id, history.state.deleting) == (None, "", None)


async def test_a_conversation_goes_with_all_its_runs_and_is_not_searched_by_any_more(
    backend: FakeHistory, actions: RunActions, history: RunHistory
) -> None:
    search = RunSearch(backend, between_trials_s=0)
    await search.search(history, "", "reports", "", "talk")
    await proceed(backend, history)
    await actions.ask_to_delete(history, "conversation")
    assert await actions.delete(history) == words_history.DELETED
    await proceed(backend, history)
    assert left(backend) == ["Another?"]
    assert [run.question for run in history.state.runs] == ["Another?"]
    assert (history.state.terms.agent, history.state.terms.session_id) == ("reports", "")
    assert [choice.name for choice in history.state.conversations] == ["", "other"]


async def test_a_deletion_that_is_refused_says_so_and_is_asked_for_again(
    backend: FakeHistory, actions: RunActions, history: RunHistory
) -> None:
    await actions.ask_to_delete(history, "run")
    backend.refusals["delete_run"] = REFUSED
    assert await actions.delete(history) == REFUSED.sentence
    assert (history.state.deleting, history.run_id) == (None, backend.past[1].run_id)


async def test_where_no_run_is_chosen_nothing_happens(backend: FakeHistory, actions: RunActions) -> None:
    history = RunHistory()
    await actions.ask_to_delete(history, "run")
    assert [await actions.delete(history), await actions.rename(history, "Name")] == ["", ""]
    assert backend.calls == []
