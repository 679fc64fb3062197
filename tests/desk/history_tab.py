"""A tab with the History page open, before a backend that is no socket."""

from copy import deepcopy
from typing import Any

from backend.desk.run_history import HistoryState, RunHistory
from backend.desk.run_search import RunSearch
from tests.desk.fake_history import FakeHistory


class HistoryTab:
    """What one reader sees and does."""

    def __init__(self) -> None:
        self.backend = FakeHistory()
        self.search_desk = RunSearch(self.backend, between_trials_s=0)
        # Gradio hands out copies of the one that a page is built with.
        self.history = deepcopy(RunHistory())

    @property
    def state(self) -> HistoryState:
        return self.history.state

    @property
    def questions(self) -> list[str]:
        """Of the runs that are listed."""
        return [run.question for run in self.state.runs]

    async def settle(self) -> list[HistoryState]:
        """Fetch whatever the page waits for; what was shown meanwhile."""
        return [state async for state in self.search_desk.proceed(self.history)]

    async def open(self) -> None:
        await self.search_desk.open(self.history)
        await self.settle()

    async def choose(self, run_id: str | None) -> None:
        await self.search_desk.choose(self.history, run_id)
        await self.settle()

    async def search(self, text: Any = "", agent: Any = "", outcome: Any = "", session_id: Any = "") -> None:
        await self.search_desk.search(self.history, text, agent, outcome, session_id)
        await self.settle()
