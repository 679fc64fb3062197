"""The search for past runs: by words, agent, outcome and conversation, page by page; and the details of one of them."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any, Final, Protocol

from backend.client.agent_replies import OfferedAgent
from backend.client.errors import BackendGone, ClientError
from backend.client.history import OutcomeWanted
from backend.client.replies import RunsPage, RunSummary, SessionState, SessionSummary, SignedInCaller
from backend.client.review_replies import Feedback
from backend.desk.backend_watch import BETWEEN_TRIALS_S, ReadyCall, wait_for_backend
from backend.desk.choices import Choice, agent_choices
from backend.desk.run_history import ChosenRun, HistoryState, RunHistory, SearchTerms
from backend.desk.run_strips import RunStrips
from backend.present.pages.cards import read_choice
from backend.present.pages.problem import Problem, problem_of
from backend.present.words import history as words_history, run as words

RUNS_A_PAGE: Final = 50
"""Runs that are fetched at a time."""

CONVERSATIONS_OFFERED: Final = 100
"""The latest ones, to search by; the runs of older ones are found by their words."""

LONGEST_TITLE: Final = 60
"""Characters of a conversation's title in a list."""


class SearchCalls(ReadyCall, Protocol):
    """The calls of the client that searching needs. See ``RunClient``."""

    async def runs(  # noqa: D102 - said by the class
        self, *, text: str, agent: str, outcome: OutcomeWanted, session_id: str, limit: int, before: str
    ) -> RunsPage: ...

    async def me(self) -> SignedInCaller: ...  # noqa: D102 - said by the class

    async def run(self, run_id: str) -> RunSummary: ...  # noqa: D102 - said by the class

    async def session(self, session_id: str) -> SessionState: ...  # noqa: D102 - said by the class

    async def sessions(self, limit: int) -> tuple[SessionSummary, ...]: ...  # noqa: D102 - said by the class

    async def agents(self) -> tuple[OfferedAgent, ...]: ...  # noqa: D102 - said by the class

    async def feedback(self, run_id: str) -> tuple[Feedback, ...]: ...  # noqa: D102 - said by the class


class RunSearch:
    """The History page's searches, for one backend. Each method changes the history that it is given.

    The intents (``search``, ``extend``, ``choose`` …) only note the reader's wish. ``proceed`` fetches it.
    """

    def __init__(
        self, client: SearchCalls, strips: RunStrips | None = None, between_trials_s: float = BETWEEN_TRIALS_S
    ) -> None:
        """``strips`` of the runs listed, None for a list without; ``between_trials_s``: see ``wait_for_backend``."""
        self._client = client
        self._strips = strips
        self._between_trials_s = between_trials_s

    async def open(self, history: RunHistory) -> None:
        """The page was opened: everything is fetched again, the search and the choice stay."""
        history.want(role=None, listed=False, looked=False, offered=False)

    async def search(
        self,
        history: RunHistory,
        text: str | None,
        agent: str | None,
        outcome: OutcomeWanted | None,
        session_id: str | None,
        *,
        again: bool = True,
    ) -> None:
        """Search for these runs; None or an empty text leaves nothing out. The chosen run stays, found or not.

        ``again``: fetch the list again even for the same terms. A field that is merely left does not ask for that: the
        click that leaves it may be the one that chooses a run.
        """
        terms = SearchTerms((text or "").strip(), agent or "", outcome or "", session_id or "")
        if again or terms != history.state.terms:
            history.want(terms=terms, listed=False, extending=False, looked=False)

    async def extend(self, history: RunHistory) -> None:
        """List the next runs as well."""
        if history.state.more:
            history.want(extending=True)

    async def choose(self, history: RunHistory, run_id: str | None) -> None:
        """Load the details of this run; None or an empty id: of none."""
        history.want(chosen_id=run_id or "", looked=False)

    async def press(self, history: RunHistory, choice: str) -> None:
        """Load the details of the run whose card was pressed."""
        kind, run_id = read_choice(choice)
        if kind == "run":
            await self.choose(history, run_id)

    async def proceed(self, history: RunHistory) -> AsyncGenerator[HistoryState, None]:
        """Fetch whatever the page waits for, and yield the state at every change.

        While the backend is away, the state has a notice, and this continues by itself. Ends when everything is loaded,
        when the backend refuses, or when the reader wants something else.
        """
        serial = history.serial
        if history.state.problem is not None and not history.state.complete:
            history.change(problem=None)
        while history.serial == serial:
            try:
                for fetch in (self._list, self._look, self._offer, self._picture):
                    changes = await fetch(history.state)
                    if history.serial != serial:
                        return
                    if changes:
                        yield history.change(**changes)
            except BackendGone as error:
                if history.serial != serial:
                    return
                yield history.change(problem=problem_of(error))
                await wait_for_backend(self._client, self._between_trials_s, wanted=lambda: history.serial == serial)
                if history.serial == serial:
                    yield history.change(problem=None)
            except ClientError as error:
                if history.serial == serial:
                    yield history.change(problem=problem_of(error), extending=False)
                return
            else:
                return

    async def _list(self, state: HistoryState) -> dict[str, Any]:
        """The first runs that fit, or the next ones; and the reader's role."""
        if state.listed and not state.extending:
            return {}
        terms, known = state.terms, state.runs if state.listed else ()
        page = await self._client.runs(
            text=terms.text,
            agent=terms.agent,
            outcome=terms.outcome,
            session_id=terms.session_id,
            limit=RUNS_A_PAGE,
            before=(state.following or "") if state.listed else "",
        )
        role = state.role or (await self._client.me()).role
        return {"role": role, "runs": (*known, *page.runs), "following": page.next, "listed": True, "extending": False}

    async def _look(self, state: HistoryState) -> dict[str, Any]:
        """The chosen run, listed or not, with its conversation's name and its feedback."""
        if state.looked:
            return {}
        run_id = state.chosen_id
        if not run_id:
            return {"chosen": None, "looked": True}
        try:
            listed = next((run for run in state.runs if run.run_id == run_id), None)
            run = listed or await self._client.run(run_id)
            session = await self._client.session(run.session_id)
            feedback = await self._client.feedback(run_id)
        except ClientError as error:
            if error.kind != "not_found":
                raise
            return {
                "runs": tuple(other for other in state.runs if other.run_id != run_id),
                "problem": Problem("run_not_found", words_history.RUN_GONE),
                "chosen_id": "",
                "chosen": None,
                "looked": True,
            }
        # A run that was still running when it was listed may be over by now.
        newest = {other.run_id: other for other in session.runs}
        return {
            "runs": tuple(newest.get(other.run_id, other) for other in state.runs),
            "chosen": ChosenRun(newest.get(run_id, run), session.title, tuple(reversed(feedback)), session.own),
            "looked": True,
        }

    async def _picture(self, state: HistoryState) -> dict[str, Any]:
        """The strips of the runs listed since the last time."""
        missing = [run.run_id for run in state.runs if run.run_id not in state.strips]
        strips = await self._strips.of(missing) if self._strips is not None and missing else {}
        return {"strips": {**state.strips, **strips}} if strips else {}

    async def _offer(self, state: HistoryState) -> dict[str, Any]:
        """The agents and conversations to search by."""
        if state.offered:
            return {}
        agents = agent_choices(await self._client.agents())
        conversations = [
            Choice(words.shortened(session.title or session.session_id, LONGEST_TITLE), session.session_id)
            for session in await self._client.sessions(CONVERSATIONS_OFFERED)
        ]
        return {
            "agents": _offers(words_history.ALL_AGENTS, agents, state.terms.agent),
            "conversations": _offers(words_history.ALL_CONVERSATIONS, conversations, state.terms.session_id),
            "offered": True,
        }


def _offers(every: str, choices: Sequence[Choice], searched: str) -> tuple[Choice, ...]:
    """The choices, below the one that leaves nothing out. The current search term is always among them."""
    missing = [] if searched in ("", *(choice.name for choice in choices)) else [Choice(searched, searched)]
    return (Choice(every, ""), *choices, *missing)
