"""The actions on the chosen run of the history: save, delete, rename its conversation."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Final, Protocol

from backend.client.errors import ClientError
from backend.client.replies import SessionSummary
from backend.client.review_replies import Feedback
from backend.desk.run_history import Deletion, RunHistory
from backend.present.offline_page.exports import ExportedFile, ExportForm, exported
from backend.present.words import history as words_history, pages as words_pages
from backend.protocol.recordings import RecordingError

EXPORT_LABELS: Final[dict[ExportForm, str]] = {
    "recording": words_pages.SAVE_RECORDING,
    "markdown": words_pages.SAVE_MARKDOWN,
    "report": words_pages.SAVE_REPORT,
}
"""The forms that a run can be saved in, in the order of their buttons."""


class ActionCalls(Protocol):
    """The calls of the client that the actions need. See ``RunClient``."""

    async def recording(self, run_id: str) -> bytes: ...  # noqa: D102 - said by the class

    async def feedback(self, run_id: str) -> tuple[Feedback, ...]: ...  # noqa: D102 - said by the class

    async def feedback_csv(self) -> bytes: ...  # noqa: D102 - said by the class

    async def rename_session(self, session_id: str, title: str) -> SessionSummary: ...  # noqa: D102 - said by the class

    async def delete_run(self, run_id: str) -> None: ...  # noqa: D102 - said by the class

    async def delete_session(self, session_id: str) -> None: ...  # noqa: D102 - said by the class


class RunActions:
    """The behaviour of the chosen run's buttons, for one backend. ``RunSearch.proceed`` loads the changed history
    afterwards."""

    def __init__(self, client: ActionCalls) -> None:
        self._client = client

    async def export(self, history: RunHistory, form: ExportForm) -> ExportedFile | str:
        """The chosen run as a file, or a sentence with the reason if it cannot be saved."""
        run_id = history.run_id
        try:
            recording = await self._client.recording(run_id)
            feedback = await self._client.feedback(run_id) if form == "report" else ()
            # A report of a long run takes a while to make: meanwhile the loop serves others.
            return await asyncio.to_thread(exported, form, recording, feedback)
        except ClientError as error:
            return error.sentence
        except RecordingError as error:
            return str(error)

    async def export_feedback(self) -> ExportedFile | str:
        """All feedback as a table, or a sentence with the reason if it cannot be saved."""
        try:
            return ExportedFile("feedback.csv", "text/csv", await self._client.feedback_csv())
        except ClientError as error:
            return error.sentence

    async def rename(self, history: RunHistory, name: str) -> str:
        """Rename the chosen run's conversation. Returns the sentence to show in passing."""
        chosen = history.state.chosen
        if chosen is None:
            return ""
        try:
            renamed = await self._client.rename_session(chosen.run.session_id, name.strip())
        except ClientError as error:
            return error.sentence
        now = history.state.chosen
        if now is not None and now.run.session_id == renamed.session_id:
            history.change(chosen=replace(now, conversation=renamed.title))
        history.want(offered=False)
        return words_history.NAMED

    async def ask_to_delete(self, history: RunHistory, what: Deletion) -> None:
        """Ask the reader to confirm the deletion of the chosen run, or of its conversation."""
        if history.state.chosen is not None:
            history.change(deleting=what)

    async def keep(self, history: RunHistory) -> None:
        """The reader does not want to delete it."""
        history.change(deleting=None)

    async def delete(self, history: RunHistory) -> str:
        """Delete it, after the reader's confirmation. Returns the sentence to show in passing; no run is chosen
        afterwards."""
        state = history.state
        if state.chosen is None or state.deleting is None:
            return ""
        run, terms = state.chosen.run, state.terms
        history.change(deleting=None)
        deletion: Awaitable[None]
        if state.deleting == "run":
            deletion = self._client.delete_run(run.run_id)
        else:
            deletion = self._client.delete_session(run.session_id)
            if terms.session_id == run.session_id:
                terms = replace(terms, session_id="")
        try:
            await deletion
        except ClientError as error:
            return error.sentence
        history.want(terms=terms, listed=False, offered=False, chosen_id="", chosen=None, looked=True)
        return words_history.DELETED
