"""Pausing from a page: what is offered follows what the agent can, and a refusal is a sentence."""

import pytest

from backend.client.agent_replies import OfferedAgent
from backend.client.errors import ClientError, ProblemError
from backend.client.frames import Frame
from backend.client.steering_replies import SteeredMessage, SteeredRunState
from backend.desk.abilities import abilities_of
from backend.desk.answers import Answers
from backend.desk.control_channels import MessageMode
from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.desk.run_cards import RunCards
from backend.desk.steering import NO_CONTROLS, SteeringDesk, controls_of
from backend.present.words import messages as words
from backend.protocol.events import StatusEvent
from backend.protocol.inputs import PAUSED
from backend.protocol.run_view import RunView
from backend.protocol.view import fold
from tests.desk.without_channels import WithoutChannels

OFFERS = [OfferedAgent(agent=mode, pause=mode, messages=mode == "step") for mode in ("exact", "step", "hold", "none")]


class FakeBackend:
    """Notes what is asked of it, or refuses with an error."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.error: ClientError | None = None

    async def pause(self, run_id: str) -> SteeredRunState:
        return self._take("pause", run_id)

    async def resume(self, run_id: str) -> SteeredRunState:
        return self._take("resume", run_id)

    async def send_message(self, run_id: str, text: str, mode: MessageMode) -> SteeredMessage:
        self._take(mode, run_id)
        return SteeredMessage(run_id=run_id, message_id=f"msg_{text}")

    async def withdraw_message(self, run_id: str, message_id: str) -> SteeredMessage:
        self._take(f"withdraw {message_id}", run_id)
        return SteeredMessage(run_id=run_id, message_id=message_id, state="withdrawn")

    def _take(self, call: str, run_id: str) -> SteeredRunState:
        self.calls.append((call, run_id))
        if self.error is not None:
            raise self.error
        return SteeredRunState(run_id=run_id)


def shown(agent: str, *events: StatusEvent) -> Conversation:
    """A page that follows a run of this agent."""
    conversation = Conversation()
    view = fold(RunView.start("Why?"), events)
    conversation.change(
        run_id="run_1", usual=agent, abilities=abilities_of(OFFERS), frame=Frame(view, 10.0, urgent=True)
    )
    return conversation


PAUSE = StatusEvent(seq=1, at_ms=5, step_id="p", step=PAUSED, mode="step")


@pytest.mark.parametrize(
    ("agent", "text"), [("exact", "Pause"), ("step", "Pause after step"), ("hold", "Hold"), ("none", ""), ("gone", "")]
)
def test_the_button_says_what_a_pause_of_this_agent_does(agent: str, text: str) -> None:
    controls = controls_of(shown(agent).state)
    assert (controls.pause, controls.resumes, bool(controls.hint)) == (text, False, bool(text))
    assert (controls.queues, controls.steers) == (True, agent == "step")
    assert controls_of(shown(agent, PAUSE).state).resumes


@pytest.mark.parametrize(
    "changes", [{"run_id": ""}, {"stopping": True}, {"lost": True}, {"named": "share_1", "role": "view"}]
)
def test_nothing_is_offered_where_nothing_can_be_steered(changes: dict[str, object]) -> None:
    state: ConversationState = shown("exact").change(**changes)
    assert controls_of(state) == NO_CONTROLS


async def test_a_press_is_passed_on_and_a_refusal_is_said() -> None:
    backend, conversation = FakeBackend(), shown("exact")
    steering = SteeringDesk(WithoutChannels(backend))
    assert [await steering.pause(conversation), await steering.resume(conversation)] == ["", ""]
    backend.error = ProblemError(409, "run-ended", "The run has ended.")
    assert await steering.pause(conversation) == "The run has ended."
    conversation.change(named="share_1", role="view")
    assert await steering.resume(conversation) == ""
    assert backend.calls == [("pause", "run_1"), ("resume", "run_1"), ("pause", "run_1")]


@pytest.mark.parametrize("mode", ["steer", "queue"])
async def test_a_message_is_sent_once_and_known_as_the_pages_own(mode: MessageMode) -> None:
    backend, conversation = FakeBackend(), shown("step")
    control = SteeringDesk(WithoutChannels(backend))
    assert await control.send(conversation, "Only 2024.", mode) == ""
    assert (set(conversation.state.sent), backend.calls) == ({"msg_Only 2024."}, [(str(mode), "run_1")])


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        ("  ", None, words.EMPTY),
        ("x" * 20_000, None, "The question is too long"),
        ("Why?", ProblemError(409, "run-ended", "Over."), words.TOO_LATE),
        ("Why?", ProblemError(409, "cannot-steer", "It does not listen."), "It does not listen."),
    ],
)
async def test_a_message_that_is_not_accepted_says_why(text: str, error: ClientError | None, sentence: str) -> None:
    backend, conversation = FakeBackend(), shown("step")
    backend.error = error
    assert (await SteeringDesk(WithoutChannels(backend)).send(conversation, text, "steer")).startswith(sentence)
    assert conversation.state.sent == frozenset()


async def test_a_message_is_withdrawn_at_its_card_or_it_says_why_not() -> None:
    backend, conversation = FakeBackend(), shown("step")
    cards = RunCards(Answers(WithoutChannels(None)), SteeringDesk(WithoutChannels(backend)))
    await cards.press(conversation, '{"withdraw": "msg_1"}')
    assert (backend.calls, dict(conversation.state.answer_problems)) == ([("withdraw msg_1", "run_1")], {})
    backend.error = ProblemError(409, "already-delivered", "It was read.")
    await cards.press(conversation, '{"withdraw": "msg_1"}')
    assert conversation.state.answer_problems["msg_1"].sentence == "It was read."
