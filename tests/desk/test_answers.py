"""Answers that a page's cards give: passed on as they are, or refused in a sentence at their card."""

import json

import pytest

from backend.client.errors import BackendGone, ClientError, ProblemError
from backend.client.steering_replies import AnsweredInput
from backend.desk.answers import Answers
from backend.desk.conversation import Conversation
from backend.present.words import steering as words
from backend.protocol.inputs import GivenAnswer, InputAnswer
from tests.desk.without_channels import WithoutChannels


class FakeBackend:
    """Takes answers, or refuses the next with an error."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str | None, GivenAnswer]] = []
        self.error: ClientError | None = None

    async def answer(self, run_id: str, input_id: str | None, answer: GivenAnswer) -> AnsweredInput:
        if self.error is not None:
            raise self.error
        self.taken.append((run_id, input_id, answer))
        recorded = InputAnswer(input_id=input_id or "", action=answer.action)
        return AnsweredInput(run_id=run_id, input_id=input_id or "", answer=recorded, cursor="1-1")


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def conversation() -> Conversation:
    conversation = Conversation()
    conversation.change(run_id="run_1")
    return conversation


async def test_an_answer_is_passed_on_as_the_card_gives_it(backend: FakeBackend, conversation: Conversation) -> None:
    said = {"input_id": "inp_1", "action": "accept", "value": {"guests": 4}, "digest": "d1"}
    await Answers(WithoutChannels(backend)).answer(conversation, json.dumps(said))
    [(run_id, input_id, answer)] = backend.taken
    assert (run_id, input_id, answer.action, answer.value, answer.digest) == (
        *("run_1", "inp_1", "accept"),
        *({"guests": 4}, "d1"),
    )


async def test_a_refusal_stands_at_its_card_until_an_answer_is_taken(
    backend: FakeBackend, conversation: Conversation
) -> None:
    answers, said = Answers(WithoutChannels(backend)), json.dumps({"input_id": "inp_1", "action": "accept"})
    backend.error = ProblemError(422, "invalid-answer", "It does not fit.")
    await answers.answer(conversation, said)
    first = conversation.state.answer_problems["inp_1"]
    await answers.answer(conversation, said)
    second = conversation.state.answer_problems["inp_1"]
    assert first.sentence == second.sentence == "It does not fit."
    assert first != second
    backend.error = BackendGone("Nobody answers.")
    await answers.answer(conversation, said)
    assert conversation.state.answer_problems["inp_1"].sentence == "Nobody answers."
    backend.error = None
    await answers.answer(conversation, said)
    assert conversation.state.answer_problems == {}


@pytest.mark.parametrize(
    "said", ["", "no JSON", "[]", "7", "{}", '{"input_id": "inp_1", "action": "dance"}', "[" * 9999]
)
async def test_what_is_not_an_answer_is_not_sent(said: str, backend: FakeBackend, conversation: Conversation) -> None:
    await Answers(WithoutChannels(backend)).answer(conversation, said)
    assert backend.taken == []
    assert [problem.sentence for problem in conversation.state.answer_problems.values()] == [words.NOT_TAKEN]


async def test_without_a_run_and_on_a_shared_one_nothing_is_sent(backend: FakeBackend) -> None:
    said = json.dumps({"input_id": "inp_1", "action": "accept"})
    for conversation in (Conversation(), Conversation()):
        await Answers(WithoutChannels(backend)).answer(conversation, said)
        conversation.change(run_id="run_1", named="share_1", role="view")
        await Answers(WithoutChannels(backend)).answer(conversation, said)
    assert backend.taken == []
