"""What went wrong between page and backend, as one of the designed states; and how a page recovers by itself."""

import asyncio
from dataclasses import dataclass
from html import escape

import gradio as gr

from backend.client.errors import BackendGone, ClientError, ProblemError
from backend.client.run_client import RunClient
from backend.present import words
from backend.present.page import notice_html

_NOT_FOUND = 404
_BETWEEN_TRIALS_S = 0.5


@dataclass(frozen=True, slots=True)
class Problem:
    """A designed state by its name in ``words.NOTICES``; ``sentence`` stands in for its own."""

    notice: str
    sentence: str | None = None

    @property
    def passes(self) -> bool:
        """Whether it ends by itself, once the backend answers again."""
        return self.notice == "backend_down"

    @property
    def html(self) -> str:
        """The state as a safe fragment."""
        return notice_html(self.notice, self.sentence)


def problem_of(error: ClientError) -> Problem:
    """The state that tells of this error."""
    if isinstance(error, BackendGone):
        return Problem("backend_down", error.sentence)
    if isinstance(error, ProblemError) and error.status == _NOT_FOUND:
        return Problem("run_not_found")
    return Problem("refused", error.sentence)


def tell(sentence: str) -> None:
    """Say something in passing, in a corner of the page. To be called while an event is handled."""
    gr.Info(escape(sentence), title=words.APP_TITLE)


async def wait_for_backend(client: RunClient) -> None:
    """Come back when the backend takes runs: before that it may answer and not know its agents yet."""
    while True:
        try:
            if (await client.ready()).ready:
                return
        except BackendGone:
            pass
        except ClientError:
            return
        await asyncio.sleep(_BETWEEN_TRIALS_S)
