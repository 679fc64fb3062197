"""What is done with a past run: share it, save it, rename its conversation, delete it."""

import tempfile
from pathlib import Path

import gradio as gr

from backend.client.errors import ClientError
from backend.client.run_client import OutcomeWanted, RunClient
from backend.present.markup import fragment
from backend.present.offline_page.exports import ExportForm, exported
from backend.present.words import history as words_history, pages as words_pages
from backend.protocol.recordings import RecordingError
from ui_gradio.drawing import Updates
from ui_gradio.history.layout import HistoryPage
from ui_gradio.history.run_search import Finding, Found
from ui_gradio.problems import tell
from ui_gradio.review import share_link_html


class Doing:
    """The handlers of the chosen run's buttons, for one backend."""

    def __init__(self, client: RunClient, page: HistoryPage, finding: Finding) -> None:
        self._client = client
        self._page = page
        self._finding = finding

    async def share(self, found: Found, here: str) -> Updates:
        """Make the link. ``here``: the address of the application as the browser knows it."""
        actions = self._page.actions
        try:
            found.share_id = (await self._client.share(found.chosen)).share_id
        except ClientError as error:
            tell(error.sentence)
            return {actions.share_link: gr.skip()}
        return {
            actions.share_link: share_link_html(here, found.share_id),
            actions.unshare: gr.update(visible=True),
        }

    async def unshare(self, found: Found) -> Updates:
        """Withdraw it."""
        try:
            await self._client.unshare(found.share_id)
        except ClientError as error:
            tell(error.sentence)
            return {self._page.actions.share_link: gr.skip()}
        tell(words_pages.UNSHARED)
        return {self._page.actions.share_link: "", self._page.actions.unshare: gr.update(visible=False)}

    async def save(self, form: ExportForm, found: Found) -> Updates:
        """Make the file; the page's script then has the browser save it."""
        try:
            remarks = await self._client.feedback(found.chosen) if form == "report" else ()
            file = exported(form, await self._client.recording(found.chosen), remarks)
        except ClientError as error:
            tell(error.sentence)
            return {self._page.file: gr.update(value=None)}
        except RecordingError as error:
            tell(str(error))
            return {self._page.file: gr.update(value=None)}
        return {self._page.file: gr.update(value=_written(file.name, file.content))}

    async def save_feedback(self) -> Updates:
        """All feedback as a file."""
        try:
            content = await self._client.feedback_csv()
        except ClientError as error:
            tell(error.sentence)
            return {self._page.file: gr.update(value=None)}
        return {self._page.file: gr.update(value=_written("feedback.csv", content))}

    async def save_name(self, found: Found, name: str) -> None:
        """Rename the conversation of the chosen run."""
        if found.run is None:
            return
        try:
            await self._client.rename_session(found.run.session_id, name)
        except ClientError as error:
            tell(error.sentence)
            return
        tell(words_history.NAMED)

    async def ask_to_delete_run(self, found: Found) -> Updates:
        """Ask before the run goes."""
        return self._ask(found, "run", words_history.DELETE_RUN_QUESTION)

    async def ask_to_delete_conversation(self, found: Found) -> Updates:
        """Ask before the conversation goes."""
        return self._ask(found, "conversation", words_history.DELETE_CONVERSATION_QUESTION)

    async def keep(self, found: Found) -> Updates:
        """Nothing is deleted."""
        found.deleting = ""
        return {self._page.actions.confirm: gr.update(visible=False)}

    async def delete(self, found: Found, text: str, agent: str, outcome: OutcomeWanted, conversation: str) -> Updates:
        """Delete what was asked about, and list the rest."""
        run = found.run
        if run is None or not found.deleting:
            return {self._page.actions.confirm: gr.update(visible=False)}
        try:
            if found.deleting == "run":
                await self._client.delete_run(run.run_id)
            else:
                await self._client.delete_session(run.session_id)
        except ClientError as error:
            tell(error.sentence)
            return {self._page.actions.confirm: gr.update(visible=False)}
        tell(words_history.DELETED)
        found.deleting = ""
        return await self._finding.search(found, text, agent, outcome, conversation)

    def _ask(self, found: Found, what: str, question: str) -> Updates:
        found.deleting = what
        return {
            self._page.actions.confirm: gr.update(visible=True),
            self._page.actions.confirm_question: str(fragment('<p class="ph" role="alert">{}</p>', question)),
        }


def _written(name: str, content: bytes) -> str:
    """The content as a file that Gradio may hand out. Gradio deletes what it has handed out after an hour."""
    file = Path(tempfile.mkdtemp(prefix="playhead-")) / name
    file.write_bytes(content)
    return str(file)
