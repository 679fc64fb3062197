"""Where things stand on the History page: runs to choose from on the left, the chosen one on the right."""

from dataclasses import dataclass, fields

import gradio as gr

from backend.present.pages.history import no_run_chosen_html
from backend.present.pages.notices import header_html, section_title_html
from backend.present.words import history as words_history, pages as words_pages, run as words
from ui_gradio.navigation import lay_out_navigation

EVERY: str = ""
"""What a filter says that lets everything through."""

_OUTCOMES = [
    (words_history.ALL_OUTCOMES, EVERY),
    (words_history.RUNNING, "running"),
    *((word, outcome) for outcome, word in words.OUTCOME_WORDS.items()),
]


@dataclass(frozen=True, slots=True)
class Search:
    """The fields that narrow the list down."""

    text: gr.Textbox
    agent: gr.Dropdown
    outcome: gr.Dropdown
    conversation: gr.Dropdown


@dataclass(frozen=True, slots=True)
class Actions:
    """What can be done with the chosen run."""

    links: gr.HTML
    share: gr.Button
    share_link: gr.HTML
    unshare: gr.Button
    save_recording: gr.Button
    save_markdown: gr.Button
    save_report: gr.Button
    delete_run: gr.Button
    name: gr.Textbox
    save_name: gr.Button
    delete_conversation: gr.Button
    confirm: gr.Column
    confirm_question: gr.HTML
    delete: gr.Button
    keep: gr.Button
    remarks: gr.HTML


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The widgets of the page that change, or are read."""

    search: Search
    notice: gr.HTML
    runs: gr.Radio
    more: gr.Button
    chosen: gr.HTML
    actions_column: gr.Column
    actions: Actions
    all_remarks: gr.HTML
    save_feedback: gr.Button
    file: gr.DownloadButton
    here: gr.Textbox
    state: gr.State

    def outputs(self) -> list[gr.blocks.Block]:
        """All of them."""
        single = [getattr(self, each.name) for each in fields(self) if each.name not in ("search", "actions")]
        parts = (self.search, self.actions)
        return [*single, *(getattr(part, each.name) for part in parts for each in fields(part))]


def build_page(state: object) -> HistoryPage:
    """Lay the page out. To be called inside ``gr.Blocks``. ``state``: what a tab begins with."""
    lay_out_navigation("history")
    gr.HTML(header_html(words_pages.HISTORY_PAGE, words_history.EXPLANATION), padding=False)
    with gr.Row(elem_id="ph-columns", equal_height=False):
        with gr.Column(scale=6, min_width=320, elem_id="ph-past"):
            with gr.Tab(words_history.RUNS_TAB):
                search = _search_row()
                notice = gr.HTML("", padding=False)
                runs = gr.Radio([], label=words_history.RUNS_LABEL, elem_id="ph-runs")
                more = gr.Button(words_history.MORE, size="sm", visible=False)
            with gr.Tab(words_history.FEEDBACK_TAB):
                save_feedback = gr.Button(words_history.SAVE_FEEDBACK, size="sm", scale=0)
                all_remarks = gr.HTML("", padding=False)
        with gr.Column(scale=5, min_width=320, elem_id="ph-evidence"):
            chosen = gr.HTML(no_run_chosen_html(), padding=False)
            with gr.Column(visible=False) as column:
                actions = _actions()
    file = gr.DownloadButton("Save", visible="hidden", elem_id="ph-file")
    here = gr.Textbox(visible="hidden", label="Address")
    return HistoryPage(
        search, notice, runs, more, chosen, column, actions, all_remarks, save_feedback, file, here, gr.State(state)
    )


def _search_row() -> Search:
    with gr.Row(elem_id="ph-search"):
        text = gr.Textbox(
            label=words_history.SEARCH_LABEL,
            placeholder=words_history.SEARCH_PLACEHOLDER,
            max_lines=1,
            scale=4,
            min_width=200,
        )
        agent = _filter(words.AGENT_LABEL, [(words_history.ALL_AGENTS, EVERY)])
        outcome = _filter(words_history.OUTCOME_LABEL, _OUTCOMES)
        conversation = _filter(words_history.CONVERSATION_LABEL, [(words_history.ALL_CONVERSATIONS, EVERY)])
    return Search(text, agent, outcome, conversation)


def _filter(label: str, choices: list[tuple[str, str]]) -> gr.Dropdown:
    # Agents and conversations come from the backend after the page is built, and Gradio checks against the built ones.
    return gr.Dropdown(choices, value=EVERY, label=label, allow_custom_value=True, scale=2, min_width=130)


def _actions() -> Actions:
    with gr.Row(elem_classes="ph-small-row"):
        links = gr.HTML("", padding=False, elem_id="ph-links")
        share = _small(words_pages.SHARE)
    share_link = gr.HTML("", padding=False)
    with gr.Row(elem_classes="ph-small-row"):
        unshare = _small(words_pages.UNSHARE, visible=False)
    gr.HTML(section_title_html(words_history.EXPORT), padding=False)
    with gr.Row(elem_classes="ph-small-row"):
        recording = _small(words_pages.SAVE_RECORDING)
        markdown = _small(words_pages.SAVE_MARKDOWN)
        report = _small(words_pages.SAVE_REPORT)
        delete_run = _small(words_history.DELETE_RUN)
    gr.HTML(section_title_html(words_history.CONVERSATION_LABEL), padding=False)
    with gr.Row(elem_classes="ph-small-row ph-name-row"):
        name = gr.Textbox(label=words_history.NAME_LABEL, max_lines=1, scale=3, min_width=160)
        save_name = _small(words_history.SAVE_NAME)
        delete_conversation = _small(words_history.DELETE_CONVERSATION)
    with gr.Column(visible=False, elem_id="ph-confirm") as confirm:
        question = gr.HTML("", padding=False)
        with gr.Row(elem_classes="ph-small-row"):
            delete = gr.Button(words_history.DELETE, variant="stop", size="sm", scale=0)
            keep = _small(words_history.KEEP)
    gr.HTML(section_title_html(words_history.FEEDBACK_TAB), padding=False)
    remarks = gr.HTML("", padding=False)
    return Actions(
        links, share, share_link, unshare, recording, markdown, report, delete_run, name, save_name,
        delete_conversation, confirm, question, delete, keep, remarks,
    )  # fmt: skip


def _small(label: str, *, visible: bool = True) -> gr.Button:
    return gr.Button(label, size="sm", scale=0, min_width=60, visible=visible)
