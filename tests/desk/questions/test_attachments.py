"""Files for the next question: chosen, refused with a reason, sent with it, and back where it was not taken."""

from collections.abc import Sequence
from contextlib import aclosing

import pytest

from backend.client.agent_replies import OfferedAgent, TakenFiles
from backend.client.errors import BackendGone, ProblemError
from backend.desk.attachments import Attachments, taken_by
from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.desk.questions import Questions
from backend.protocol.attachments import AttachmentNote
from tests.desk.questions.fake_backend import AGENTS, FULL, FakeBackend
from tests.desk.questions.states import to_the_end, until

TAKEN = TakenFiles(kinds=("txt", "pdf"), endings=(".txt", ".pdf"), max_bytes=1024**2, max_files=2)
READER = OfferedAgent(agent="reader", title="Reader", attachments=TAKEN)


@pytest.fixture
def attachments(backend: FakeBackend) -> Attachments:
    backend.offers = (READER, *AGENTS)
    return Attachments(backend)


def names(files: Sequence[AttachmentNote]) -> list[str]:
    return [file.name for file in files]


async def chosen(
    attachments: Attachments, questions: Questions, conversation: Conversation, *files: str
) -> ConversationState:
    """The state with these files chosen for the agent that takes some."""
    await to_the_end(questions, conversation)
    await attachments.attach(conversation, [(name, b"Hello.") for name in files], "")
    return conversation.state


async def test_chosen_files_go_with_the_next_question_alone(
    attachments: Attachments, questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    state = await chosen(attachments, questions, conversation, "a.txt", "b.txt")
    assert (names(state.chosen), state.refusals) == (["a.txt", "b.txt"], ())
    await attachments.detach(conversation, state.chosen[0].file_id)
    assert [file.name for file in backend.files.values()] == ["b.txt"], "deleted in the backend too"
    await questions.ask(conversation, "Why?", "reader")
    assert names(conversation.state.chosen) == []
    assert "b.txt" in conversation.state.question_html
    async with aclosing(questions.proceed(conversation)) as states:
        await until(states, lambda state: bool(state.run_id))
        run = backend.named("Why?")
        run.end("failed")
        await until(states, lambda state: state.ended)
    assert names(run.attachments) == ["b.txt"]
    await questions.retry(conversation)
    async with aclosing(questions.proceed(conversation)) as states:
        await until(states, lambda state: bool(state.run_id))
    assert names(backend.named("Why?").attachments) == ["b.txt"], "asked again with the same files"
    await questions.begin_anew(conversation)
    assert conversation.state.question_html == ""


async def test_a_reload_finds_the_files_of_the_run_and_of_earlier_turns(
    attachments: Attachments, questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await chosen(attachments, questions, conversation, "a.txt")
    file = conversation.state.chosen[0]
    first = backend.add_run("First?", session_id="s")
    second = backend.add_run("Second?", session_id="s")
    for run in (first, second):
        run.attachments = (file,)
        run.end("failed")
    await questions.open(conversation, second.run_id)
    state = await to_the_end(questions, conversation)
    assert names(state.asked.attachments) == names(state.earlier[0].attachments) == ["a.txt"]


@pytest.mark.parametrize(
    ("name", "data", "agent", "sentence"),
    [
        ("a.txt", b"x" * (1024**2 + 1), "", "a.txt is larger than 1 MB"),
        ("a.txt", b"", "", "a.txt is empty"),
        ("a.png", b"x", "", "a.png cannot be attached: this agent takes text file or PDF."),
        ("a.txt", b"x", "reports", "This agent takes no files"),
    ],
)
async def test_a_file_is_refused_before_it_is_sent(
    attachments: Attachments,
    questions: Questions,
    conversation: Conversation,
    backend: FakeBackend,
    name: str,
    data: bytes,
    agent: str,
    sentence: str,
) -> None:
    await to_the_end(questions, conversation)
    await attachments.attach(conversation, [(name, data), ("good.txt", b"x")], agent)
    state = conversation.state
    assert state.refusals[0].startswith(sentence)
    assert names(state.chosen) == ([] if agent else ["good.txt"])
    assert backend.calls.count("upload_file") == len(state.chosen)


async def test_one_file_too_many_and_one_that_the_backend_refuses(
    attachments: Attachments, questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    state = await chosen(attachments, questions, conversation, "a.txt", "b.txt", "c.txt")
    assert names(state.chosen) == ["a.txt", "b.txt"]
    assert state.refusals == (
        "A question can have 2 files, so c.txt was left out. Remove one first, or ask again with it.",
    )
    await attachments.detach(conversation, state.chosen[0].file_id)
    assert not conversation.state.refusals
    for error in (ProblemError(415, "unknown-file-kind", "c.txt is not a text file."), BackendGone("Nobody answers.")):
        backend.refusals["upload_file"] = error
        await attachments.attach(conversation, [("c.txt", b"x")], "")
        assert list(conversation.state.refusals) == [error.sentence]


@pytest.mark.parametrize("agent", ["reports", "reader"])
async def test_a_question_that_cannot_have_its_files_keeps_both(
    attachments: Attachments, questions: Questions, conversation: Conversation, backend: FakeBackend, agent: str
) -> None:
    await chosen(attachments, questions, conversation, "a.txt")
    if agent == "reader":
        # The backend came back with another idea of what this agent takes.
        conversation.change(taken={"reader": TAKEN.model_copy(update={"kinds": ("pdf",)})})
    await questions.ask(conversation, "Why?", agent)
    state = conversation.state
    assert state.problem is not None
    assert state.problem.notice == "invalid_question"
    assert names(state.chosen) == ["a.txt"]
    assert "start_run" not in backend.calls


async def test_files_come_back_with_a_question_that_was_refused_or_withdrawn(
    attachments: Attachments, questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await chosen(attachments, questions, conversation, "a.txt")
    backend.refusals["start_run"] = FULL
    await questions.ask(conversation, "Why?", "reader")
    state = await to_the_end(questions, conversation)
    assert (state.written.puts, names(state.chosen)) == ("Why?", ["a.txt"])
    del backend.refusals["start_run"]
    backend.away = True
    await questions.ask(conversation, "Why?", "reader")
    async with aclosing(questions.proceed(conversation)) as states:
        await until(states, lambda state: state.waiting and not state.pending)
    assert (conversation.state.written.puts, names(conversation.state.chosen)) == ("Why?", ["a.txt"])
    assert taken_by(conversation.state, "") == TAKEN
