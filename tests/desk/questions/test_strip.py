"""The strip of a followed run: the same bytes whether it was followed from its start, joined or opened at the end."""

import asyncio
from contextlib import aclosing

from backend.desk.conversation import Conversation
from backend.desk.questions import Questions
from backend.present.strip.fold import strip_of
from tests.desk.questions.fake_backend import UNKNOWN, FakeBackend
from tests.desk.without_channels import WithoutChannels
from tests.fakes import settle


async def followed(questions: Questions, conversation: Conversation) -> None:
    async with aclosing(questions.proceed(conversation)) as states:
        async for _ in states:
            pass


async def test_the_strip_is_the_same_however_a_run_was_followed() -> None:
    backend = FakeBackend()
    questions = Questions(backend, WithoutChannels(backend), between_trials_s=0)
    asking, joining, late = Conversation(), Conversation(), Conversation()
    await questions.ask(asking, "Why?", "reports")
    following = asyncio.create_task(followed(questions, asking))
    await settle()
    run = backend.named("Why?")
    for word in ("Because ", "of "):
        run.say(word)
        await settle()
    await questions.open(joining, run.run_id)
    joined = asyncio.create_task(followed(questions, joining))
    await settle()
    assert joining.state.strip is not None
    assert joining.state.strip.token_events == 2
    run.say("[1].")
    await settle()
    run.end()
    await asyncio.gather(following, joined)
    await questions.open(late, run.run_id)
    await followed(questions, late)
    whole = strip_of(run.events)
    strips = [conversation.state.strip for conversation in (asking, joining, late)]
    assert all(strip is not None and strip.text == whole.text for strip in strips)


async def test_a_pass_that_stops_once_the_run_is_over_has_its_whole_strip() -> None:
    backend = FakeBackend()
    questions = Questions(backend, WithoutChannels(backend), between_trials_s=0)
    run = backend.add_run("Why?")
    run.say("Because [1].")
    run.end()
    conversation = Conversation()
    await questions.open(conversation, run.run_id)
    async with aclosing(questions.proceed(conversation)) as states:
        async for _ in states:
            if conversation.state.ended:
                break
    await followed(questions, conversation)
    assert conversation.state.strip is not None
    assert conversation.state.strip.text == strip_of(run.events).text


async def test_a_strip_that_cannot_be_completed_stays_as_it_is() -> None:
    backend = FakeBackend()
    questions = Questions(backend, WithoutChannels(backend), between_trials_s=0)
    run = backend.add_run("Why?")
    run.say("Because ")
    run.end()
    backend.refusals["recording"] = UNKNOWN
    conversation = Conversation()
    await questions.open(conversation, run.run_id)
    await followed(questions, conversation)
    assert conversation.state.ended
    assert conversation.state.strip is None
    assert conversation.state.strip_data["runs"][0]["model"].startswith("{")
