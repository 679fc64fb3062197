"""What of an agent's drafts a run takes: screened, and no more than its size allows."""

import asyncio
from collections.abc import Sequence

from backend.protocol.ending import Ending
from backend.protocol.events import ErrorEvent
from backend.runs.agent_end import failed
from backend.runs.screening import ScreenedDraft, is_large, screen

_STAMP_BYTES = 60
"""About how much the stamp and the names of an event add to its body."""


class DraftIntake:
    """Counts the bytes of one run."""

    def __init__(self, most_bytes: int, *, show_reasoning: bool) -> None:
        self._most_bytes = most_bytes
        self._show_reasoning = show_reasoning
        self._size = 0

    async def screened(self, draft: object) -> Sequence[ScreenedDraft]:
        """The drafts to write for what the agent yielded; beside the event loop, where they take long to encode. Raises
        ``BadDraftError``."""
        if is_large(draft):
            return await asyncio.to_thread(screen, draft, show_reasoning=self._show_reasoning)
        return screen(draft, show_reasoning=self._show_reasoning)

    def count(self, screened: Sequence[ScreenedDraft]) -> None:
        """Count drafts that are written whatever the run's size."""
        self._size += sum(len(body) + _STAMP_BYTES for _, body in screened)

    def takes_token(self, body: str) -> bool:
        """Count a token; False, and nothing is counted, where the run would be too large with it."""
        size = self._size + len(body) + _STAMP_BYTES
        if size > self._most_bytes:
            return False
        self._size = size
        return True

    def up_to_end(self, screened: Sequence[ScreenedDraft]) -> tuple[Sequence[ScreenedDraft], Ending | None]:
        """Count these drafts up to the first that ends the run; gives those, and that end."""
        for place, (draft, body) in enumerate(screened):
            if isinstance(draft, ErrorEvent):
                return screened[:place], Ending("failed", draft)
            self._size += len(body) + _STAMP_BYTES
            if self._size > self._most_bytes:
                too_large = f"The run wrote more than {self._most_bytes:,} bytes."
                return screened[:place], failed("run_too_large", too_large)
        return screened, None
