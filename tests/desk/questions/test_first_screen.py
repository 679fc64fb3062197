"""A card of the first screen that is pressed."""

import pytest

from backend.desk.conversation import Conversation
from backend.desk.first_screen import FirstScreen
from backend.desk.questions import Questions
from backend.present.words import run as words


@pytest.mark.parametrize(
    ("choice", "question", "agent"),
    [
        ("example:1", words.EXAMPLE_QUESTIONS[1], ""),
        ("show:scripted:stall", "Why so silent?", "scripted:stall"),
        ("show:scripted:other", "scripted:other", "scripted:other"),
    ],
)
async def test_it_asks(
    questions: Questions, conversation: Conversation, choice: str, question: str, agent: str
) -> None:
    conversation.change(questions={"scripted:stall": "Why so silent?"})
    await FirstScreen(questions).press(conversation, choice)
    assert (conversation.state.asked.text, conversation.state.asked.agent) == (question, agent)
    assert conversation.state.pending


async def test_it_opens_a_run(questions: Questions, conversation: Conversation) -> None:
    await FirstScreen(questions).press(conversation, "run:run_7")
    assert (conversation.state.opening, conversation.state.named) == ("run_7", "run_7")


@pytest.mark.parametrize("choice", ["", "example:9", "example:x", "pair:a+b", "nonsense"])
async def test_anything_else_means_nothing(questions: Questions, conversation: Conversation, choice: str) -> None:
    before = conversation.state
    await FirstScreen(questions).press(conversation, choice)
    assert conversation.state == before
