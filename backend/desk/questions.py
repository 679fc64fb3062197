"""Questions: asked, followed to the end of the run, stopped, retried, and found again after a reload."""

import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from pydantic import ValidationError

from backend.client.errors import BackendGone, ClientError, ProblemError
from backend.client.replies import KnownFile, RunState
from backend.desk.attachments import attachments_problem
from backend.desk.backend_watch import BETWEEN_TRIALS_S, trials_in_vain
from backend.desk.choices import agent_choices
from backend.desk.conversation import AskedQuestion, Conversation, ConversationState
from backend.desk.followed_strip import FollowedStrip
from backend.desk.question_calls import QuestionCalls
from backend.desk.race import question_for
from backend.present.pages.conversation import EarlierTurn
from backend.present.pages.problem import Problem, problem_of
from backend.present.pages.question_checks import question_problem, starting_agent
from backend.present.words import ask as words_ask
from backend.protocol.options import LONGEST_S, RunOptions

TURNS_SHOWN: Final = 20
"""Of a long conversation, the latest turns are shown above the current one; all of them are in the history."""


class Questions:
    """The Ask page's behaviour, for one backend. Each method changes the conversation that it is given.

    The intents (``ask``, ``retry``, ``open`` …) only note the reader's wish. ``proceed`` fulfils it and reports the
    progress.
    """

    def __init__(self, client: QuestionCalls, between_trials_s: float = BETWEEN_TRIALS_S) -> None:
        """``between_trials_s``: see ``trials_in_vain``."""
        self._client = client
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
        options = _options(timeout_s, speed)
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
        """The page was opened through a read-only link."""
        if share_id != conversation.state.named:
            conversation.turn_over(named=share_id, opening=share_id)

    async def begin_anew(self, conversation: Conversation) -> None:
        """Begin another conversation. The current one stays in the history, and its run continues there."""
        conversation.turn_over(
            asked=AskedQuestion(), earlier=(), session_id="", named="", fields=conversation.fill(question="")
        )
        conversation.change(chosen=(), refusals=())

    async def stop(self, conversation: Conversation) -> str:
        """Stop the question or run under way; ``proceed`` follows it to its end. A question that waits for the backend
        goes back into its field. Returns a sentence to show in passing if it could not be stopped."""
        state = conversation.state
        if state.pending and state.waiting:
            self._withdraw(conversation)
            return ""
        if state.shared or state.stopping or not state.running:
            return ""
        conversation.change(stopping=True)
        return await self._cancel(conversation) if state.run_id else ""

    async def proceed(self, conversation: Conversation) -> AsyncGenerator[ConversationState, None]:
        """Do the remaining work, and yield the state first and then at every change.

        Loads the agents on offer, opens the run in the address, starts the question and follows its run to the end.
        While the backend is away, the state has a notice, and this continues by itself. Ends when nothing remains, or
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
                    # A stop may have withdrawn the waiting question meanwhile.
                    yield conversation.state
            if not conversation.shows(serial):
                return
            yield conversation.change(problem=None)

    async def _remaining(self, conversation: Conversation, serial: int) -> AsyncGenerator[ConversationState, None]:
        """One pass over the remaining work. Raises ``ClientError``."""
        for step in (self._load_agents, self._take_up, self._start, self._follow):
            async with aclosing(step(conversation, serial)) as states:
                async for state in states:
                    yield state
            if not conversation.shows(serial):
                return

    async def _load_agents(self, conversation: Conversation, serial: int) -> AsyncGenerator[ConversationState, None]:
        if conversation.state.offered or conversation.state.shared:
            return
        offers = await self._client.agents()
        if not conversation.shows(serial):
            return
        state, usual = conversation.state, starting_agent([offer.agent for offer in offers])
        fields = state.fields
        if not state.choices or (state.empty and usual != state.usual):
            # The reader has not chosen from this list yet.
            fields = conversation.fill(agent=state.asked.agent or usual)
        asks, choices = {offer.agent: question_for(offer) for offer in offers}, agent_choices(offers)
        taken = {offer.agent: offer.attachments for offer in offers if offer.attachments is not None}
        yield conversation.change(
            offered=True, choices=choices, questions=asks, usual=usual, fields=fields, taken=taken
        )

    async def _take_up(self, conversation: Conversation, serial: int) -> AsyncGenerator[ConversationState, None]:
        if not conversation.state.opening:
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
            attachments=[file.file_id for file in state.asked.attachments],
        )
        if not conversation.shows(serial):
            return
        conversation.fresh = True
        yield conversation.change(pending=False, run_id=run.run_id, session_id=run.session_id, named=run.run_id)
        if conversation.state.stopping:
            await self._cancel(conversation)

    async def _follow(self, conversation: Conversation, serial: int) -> AsyncGenerator[ConversationState, None]:
        state = conversation.state
        if not state.running:
            return
        # A run that was just started is followed from its first event; all events of another one come in one frame.
        question, conversation.fresh = state.asked.text if conversation.fresh else None, False
        async with aclosing(self._client.frames(state.run_id, question=question)) as frames:
            strip = FollowedStrip(self._client, state.run_id)
            async for frame in frames:
                if not conversation.shows(serial):
                    return
                strip.take(frame)
                # Whoever stops at the last frame of a run does not follow it again: the strip is whole with it.
                if strip.behind and frame.view.ended:
                    await strip.catch_up()
                    if not conversation.shows(serial):
                        return
                yield conversation.change(frame=frame, strip=strip.model or conversation.state.strip)
                if strip.behind and await strip.catch_up() and conversation.shows(serial):
                    yield conversation.change(strip=strip.model)

    async def _cancel(self, conversation: Conversation) -> str:
        turn = conversation.state.turn
        try:
            await self._client.cancel(conversation.state.run_id)
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
        conversation.key = uuid.uuid4().hex
        fields = conversation.fill(question="" if empties_field else None, agent=asked.agent or state.usual)
        conversation.turn_over(asked=asked, pending=True, earlier=earlier, fields=fields)

    def _withdraw(self, conversation: Conversation) -> None:
        """Take a question back, as if it had not been asked. The page still waits for the backend."""
        state = conversation.state
        conversation.change(
            turn=state.turn + 1,
            pending=False,
            stopping=False,
            asked=AskedQuestion(),
            chosen=_put_back(state),
            fields=conversation.fill(question=state.asked.text, agent=state.agent),
        )

    def _refused(self, conversation: Conversation, error: ClientError) -> ConversationState:
        """The state after a refusal: a question goes back into its field, a run is lost."""
        state = conversation.state
        fields = state.fields
        if state.pending:
            fields = conversation.fill(question=state.asked.text, agent=state.agent)
        return conversation.change(
            problem=problem_of(error, state.named),
            pending=False,
            stopping=False,
            opening="",
            lost=bool(state.run_id) and not state.ended,
            chosen=_put_back(state),
            fields=fields,
        )


def _put_back(state: ConversationState) -> tuple[KnownFile, ...]:
    """The chosen files once a question that was not accepted has given its own back."""
    if not state.pending:
        return state.chosen
    return (*state.asked.attachments, *(file for file in state.chosen if file not in state.asked.attachments))


def _options(timeout_s: float | None, speed: float) -> RunOptions | None:
    """Only options that the reader set: the backend knows the rest. None for a timeout that the backend cannot keep."""
    by_hand = {"timeout_s": float(timeout_s)} if timeout_s else {}
    if speed != 1:
        by_hand["speed"] = float(speed)
    try:
        return RunOptions(**by_hand)
    except ValidationError:
        return None
