"""Questions: asked, followed to the end of the run, stopped, retried, and found again after a reload."""

import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from backend.client.errors import BackendGone, ClientError, ProblemError
from backend.client.replies import KnownFile, RunState
from backend.desk.attachments import attachments_problem
from backend.desk.backend_watch import BETWEEN_TRIALS_S, trials_in_vain
from backend.desk.control_channels import Channels
from backend.desk.conversation import Conversation
from backend.desk.conversation_state import AskedQuestion, ConversationState
from backend.desk.next_question import BETWEEN_LOOKS_S
from backend.desk.offered_agents import take_offers
from backend.desk.question_calls import QuestionCalls
from backend.desk.question_options import options_by_hand
from backend.desk.run_following import RunFollowing
from backend.desk.shared_conversation import LOOKS_EVERY_S, SharedConversation
from backend.desk.written_question import put_back, taken
from backend.present.pages.conversation import EarlierTurn
from backend.present.pages.problem import Problem, problem_of
from backend.present.pages.question_checks import question_problem
from backend.present.words import ask as words_ask
from backend.protocol.options import LONGEST_S

TURNS_SHOWN: Final = 20
"""Of a long conversation, the latest turns are shown above the current one; all of them are in the history."""


class Questions:
    """The Ask page's behaviour, for one backend. Each method changes the conversation that it is given.

    The intents (``ask``, ``retry``, ``open`` …) only note the reader's wish. ``proceed`` fulfils it and reports the
    progress.
    """

    def __init__(
        self,
        client: QuestionCalls,
        channels: Channels,
        between_trials_s: float = BETWEEN_TRIALS_S,
        looks_every_s: float = LOOKS_EVERY_S,
    ) -> None:
        """``channels`` are what runs are stopped over. ``between_trials_s``: see ``trials_in_vain``;
        ``looks_every_s``: see ``SharedConversation``."""
        self._client = client
        self._channels = channels
        self._following = RunFollowing(client, channels, min(between_trials_s, BETWEEN_LOOKS_S))
        self._shared = SharedConversation(client, TURNS_SHOWN, looks_every_s)
        self._between_trials_s = between_trials_s

    async def ask(
        self, conversation: Conversation, question: str, agent: str, timeout_s: float | None = None, speed: float = 1.0
    ) -> None:
        """Ask a question, unless one is under way: then the text stays in its field.

        An empty ``agent`` is the one that the page starts with. ``timeout_s`` in seconds, None or 0 for the backend's
        own limit; ``speed`` 1 plays as written.
        """
        if conversation.state.running:
            return
        sentence = question_problem(question) or attachments_problem(conversation.state, agent)
        options = options_by_hand(timeout_s, speed)
        if options is None:
            sentence = words_ask.TIMEOUT_INVALID.format(limit=f"{LONGEST_S:,.0f}")
        if sentence or options is None:
            conversation.change(problem=Problem("invalid_question", sentence))
            return
        files = conversation.state.chosen
        self._put(conversation, AskedQuestion(question, agent, options, files), empties_field=True)
        conversation.change(chosen=(), refusals=())

    async def ask_example(self, conversation: Conversation, question: str) -> None:
        """Ask an example: of the agent that the page starts with, whatever the reader chose before."""
        if not conversation.state.running:
            self._put(conversation, AskedQuestion(question), empties_field=True)

    async def retry(self, conversation: Conversation, written: str = "") -> None:
        """Ask the same again, in place of the failed run. ``written``: the text in the question's field; it is emptied
        if it is this question, put back before."""
        asked = conversation.state.asked
        if conversation.state.may_retry:
            self._put(conversation, asked, empties_field=written == asked.text, keeps_turn=False)

    async def wait_longer(self, conversation: Conversation, written: str = "") -> None:
        """Ask the same again with twice the time limit that ended the run. ``written``: as for ``retry``."""
        asked, options = conversation.state.asked, conversation.state.longer_options
        if options is not None:
            longer = AskedQuestion(asked.text, asked.agent, options, asked.attachments)
            self._put(conversation, longer, empties_field=written == asked.text, keeps_turn=False)

    async def carry_on(self, conversation: Conversation, written: str = "") -> None:
        """Ask the same again, with the answer from before the interruption kept above it. ``written``: as for
        ``retry``."""
        asked = conversation.state.asked
        if conversation.state.may_continue:
            self._put(conversation, asked, empties_field=written == asked.text)

    async def open(self, conversation: Conversation, run_id: str = "") -> None:
        """The page was opened, or its address now names another run; empty if it names none. Parts that are on the page
        already stay, and the agents on offer are loaded again."""
        conversation.change(offered=False)
        if run_id and run_id != conversation.state.named:
            conversation.turn_over(asked=AskedQuestion(), earlier=(), session_id="", named=run_id, opening=run_id)

    async def open_shared(self, conversation: Conversation, share_id: str) -> None:
        """The page was opened through a link that somebody shared."""
        if share_id != conversation.state.named:
            conversation.turn_over(named=share_id, opening=share_id, role="view", conversation_shared=False, earlier=())

    async def begin_anew(self, conversation: Conversation) -> None:
        """Begin another conversation. The current one stays in the history, and its run continues there. What is
        written in the question's field stays, unless it is the last question, put back before."""
        conversation.turn_over(
            asked=AskedQuestion(), earlier=(), session_id="", named="", written=taken(conversation.state.asked.text)
        )
        conversation.change(chosen=(), refusals=())

    async def stop(self, conversation: Conversation) -> str:
        """Stop the question or run under way; ``proceed`` follows it to its end. Returns a sentence to show in passing
        if it could not be stopped."""
        state = conversation.state
        if state.stopping or not (state.rights.steers and state.running):
            return ""
        conversation.change(stopping=True)
        return await self._cancel(conversation) if state.run_id else ""

    async def proceed(self, conversation: Conversation) -> AsyncGenerator[ConversationState, None]:
        """Do the remaining work, and yield the state first and then at every change.

        Loads the agents on offer, opens the run in the address, starts the question and follows its run to the end.
        While the backend is away, the state has a notice, and this continues by itself; a question that could not be
        sent is back in its field. Ends when nothing remains, or
        when another showing of the conversation has begun. Closing it stops nothing but the showing.
        """
        serial = conversation.show()
        yield conversation.state
        while True:
            try:
                async with aclosing(self._remaining(conversation, serial)) as states:
                    async for state in states:
                        yield state
            except ClientError as error:
                if not conversation.shows(serial):
                    return
                if not isinstance(error, BackendGone):
                    yield self._refused(conversation, error)
                    return
                if conversation.state.pending and conversation.state.stopping:
                    self._withdraw(conversation)
                # Another backend may come back: its agents are loaded again.
                yield conversation.change(problem=problem_of(error), offered=False)
            else:
                return
            async with aclosing(trials_in_vain(self._client, self._between_trials_s)) as trials:
                async for _ in trials:
                    if not conversation.shows(serial):
                        return
                    # A reply that was lost is asked for once more; a backend that is away is not waited for.
                    if conversation.state.pending:
                        self._withdraw(conversation)
                    yield conversation.state
            if not conversation.shows(serial):
                return
            yield conversation.change(problem=None)

    async def _remaining(self, conversation: Conversation, serial: int) -> AsyncGenerator[ConversationState, None]:
        """One pass over the remaining work. Raises ``ClientError``."""
        # A question that another run keeps waiting is shown with that run.
        steps = (self._load_agents, self._take_up, self._start, self._take_up, self._following.follow, self._go_along)
        for step in steps:
            async with aclosing(step(conversation, serial)) as states:
                async for state in states:
                    yield state
            if not conversation.shows(serial):
                return

    async def _go_along(self, conversation: Conversation, serial: int) -> AsyncGenerator[ConversationState, None]:
        """Show the further runs of a shared conversation, one after the other."""
        turn = -1
        while conversation.shows(serial) and turn != conversation.state.turn:
            turn = conversation.state.turn
            for step in (self._shared.next_run, self._following.follow):
                async with aclosing(step(conversation, serial)) as states:
                    async for state in states:
                        yield state

    async def _load_agents(self, conversation: Conversation, serial: int) -> AsyncGenerator[ConversationState, None]:
        if conversation.state.offered or conversation.state.shared:
            return
        offers, caller = await self._client.agents(), await self._client.me()
        if conversation.shows(serial):
            conversation.change(role=caller.role)
            yield take_offers(conversation, offers)

    async def _take_up(self, conversation: Conversation, serial: int) -> AsyncGenerator[ConversationState, None]:
        if not conversation.state.opening:
            return
        if conversation.state.shared:
            async with aclosing(self._shared.open(conversation, serial)) as states:
                async for state in states:
                    yield state
            return
        run = await self._client.run(conversation.state.opening)
        earlier = await self._turns_before(run)
        if conversation.shows(serial):
            yield conversation.change(
                opening="",
                run_id=run.run_id,
                session_id=run.session_id,
                asked=AskedQuestion(run.question, run.agent, run.options, run.attachments),
                earlier=earlier,
                fields=conversation.fill(agent=run.agent),
            )

    async def _turns_before(self, run: RunState) -> tuple[EarlierTurn, ...]:
        if not run.session_id:
            return ()
        try:
            names = [other.run_id for other in (await self._client.session(run.session_id)).runs]
            before = names[: names.index(run.run_id)] if run.run_id in names else []
            runs = [await self._client.run(name) for name in before[-TURNS_SHOWN:]]
            return tuple(EarlierTurn(each.run_id, each.view, each.attachments) for each in runs)
        except ProblemError:
            # Deleted meanwhile: the run in the address is shown all the same.
            return ()

    async def _start(self, conversation: Conversation, serial: int) -> AsyncGenerator[ConversationState, None]:
        state = conversation.state
        if not state.pending:
            return
        run = await self._client.start_run(
            state.asked.text,
            state.agent,
            session_id=state.session_id or None,
            # On a page there is a person who can answer.
            options=state.asked.options.model_copy(update={"may_ask": True}),
            idempotency_key=conversation.key,
            # Another page may have a run of this conversation under way.
            when_busy="queue",
            attachments=[file.file_id for file in state.asked.attachments],
        )
        if not conversation.shows(serial):
            return
        if run.message_id is not None:
            conversation.turn_over(keeps_showing=True, asked=AskedQuestion(), named=run.run_id, opening=run.run_id)
            yield conversation.change(sent=frozenset({run.message_id}))
            return
        conversation.fresh = True
        yield conversation.change(pending=False, run_id=run.run_id, session_id=run.session_id, named=run.run_id)
        if conversation.state.stopping:
            await self._cancel(conversation)

    async def _cancel(self, conversation: Conversation) -> str:
        turn, session_id = conversation.state.turn, conversation.state.session_id
        try:
            await self._channels.calls(session_id).cancel(conversation.state.run_id)
        except ClientError as error:
            if conversation.state.turn == turn:
                conversation.change(stopping=False)
            return error.sentence
        return ""

    def _put(
        self, conversation: Conversation, asked: AskedQuestion, *, empties_field: bool, keeps_turn: bool = True
    ) -> None:
        """Note a question. ``keeps_turn``: the run shown until now becomes an earlier turn."""
        state = conversation.state
        earlier = state.earlier
        if keeps_turn and state.run_id and state.frame is not None:
            earlier = (*earlier, EarlierTurn(state.run_id, state.frame.view, state.asked.attachments))
        # The backend may have the question although its reply was lost: with the same key it is one run all the same.
        if (asked.text, asked.agent or state.usual, asked.options, asked.attachments) != conversation.unsent:
            conversation.key = uuid.uuid4().hex
        conversation.unsent = None
        written = taken(asked.text) if empties_field else state.written
        fields = conversation.fill(agent=asked.agent or state.usual)
        conversation.turn_over(asked=asked, pending=True, earlier=earlier, fields=fields, written=written)

    def _withdraw(self, conversation: Conversation) -> None:
        """Put a question that could not be sent back into its field. The page still waits for the backend."""
        state = conversation.state
        conversation.unsent = (state.asked.text, state.agent, state.asked.options, state.asked.attachments)
        conversation.change(
            turn=state.turn + 1,
            pending=False,
            stopping=False,
            asked=AskedQuestion(),
            chosen=_put_back(state),
            fields=conversation.fill(agent=state.agent),
            written=put_back(state.asked.text),
        )

    def _refused(self, conversation: Conversation, error: ClientError) -> ConversationState:
        """The state after a refusal: a question goes back into its field, a run is lost."""
        state = conversation.state
        fields, written = state.fields, state.written
        if state.pending:
            fields, written = conversation.fill(agent=state.agent), put_back(state.asked.text)
        return conversation.change(
            problem=problem_of(error, state.named),
            pending=False,
            stopping=False,
            opening="",
            lost=bool(state.run_id) and not state.ended,
            chosen=_put_back(state),
            fields=fields,
            written=written,
        )


def _put_back(state: ConversationState) -> tuple[KnownFile, ...]:
    """The chosen files once a question that was not accepted has given its own back."""
    if not state.pending:
        return state.chosen
    return (*state.asked.attachments, *(file for file in state.chosen if file not in state.asked.attachments))
