"""The layout of the History page: runs to choose from on the left, the chosen one on the right."""

from dataclasses import dataclass, fields

import gradio as gr

from backend.desk.choices import Choice
from backend.desk.run_actions import EXPORT_LABELS
from backend.desk.run_history import OUTCOME_CHOICES, RunHistory
from backend.present.offline_page.exports import ExportForm
from backend.present.pages.history import no_run_chosen_html
from backend.present.pages.notices import header_html, section_title_html
from backend.present.words import history as words_history, pages as words_pages, run as words
from ui_gradio.choices import lay_out_cards
from ui_gradio.navigation import lay_out_navigation
from ui_gradio.run_buttons import small_button


@dataclass(frozen=True, slots=True)
class SearchFields:
    """The fields that narrow the list, in the order in which the desk takes them."""

    text: gr.Textbox
    agent: gr.Dropdown
    outcome: gr.Dropdown
    conversation: gr.Dropdown


@dataclass(frozen=True, slots=True)
class ActionWidgets:
    """The actions on the chosen run."""

    links: gr.HTML
    delete_run: gr.Button
    name: gr.Textbox
    save_name: gr.Button
    delete_conversation: gr.Button
    confirm: gr.Column
    confirm_question: gr.HTML
    delete: gr.Button
    keep: gr.Button
    feedback: gr.HTML


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The widgets of the page that change, or are read."""

    search: SearchFields
    notice: gr.HTML
    runs: gr.HTML
    more: gr.Button
    chosen: gr.HTML
    actions_column: gr.Column
    actions: ActionWidgets
    exports: dict[ExportForm, gr.Button]
    feedback_tab: gr.Tab
    all_feedback: gr.HTML
    save_feedback: gr.Button
    file: gr.DownloadButton
    state: gr.State

    def outputs(self) -> list[gr.blocks.Block]:
        """All that the history's handlers change."""
        single: list[gr.blocks.Block] = [self.notice, self.runs, self.more, self.chosen, self.actions_column]
        parts = (self.search, self.actions)
        grouped = [getattr(part, each.name) for part in parts for each in fields(part)]
        return [*single, *grouped]


def build_page() -> HistoryPage:
    """Lay the page out. Call this inside ``gr.Blocks``."""
    state = gr.State(RunHistory())
    lay_out_navigation("history")
    with gr.Row(elem_id="ph-head", equal_height=False):
        gr.HTML(header_html(words_pages.HISTORY_PAGE, words_history.EXPLANATION), padding=False)
    with gr.Row(elem_id="ph-columns", equal_height=False):
        with gr.Column(scale=6, min_width=320, elem_id="ph-past"):
            with gr.Tab(words_history.RUNS_TAB):
                search = _search_row(state.value)
                notice = gr.HTML("", padding=False)
                runs = lay_out_cards(elem_id="ph-runs")
                more = gr.Button(words_history.MORE, size="sm", visible=False)
            with gr.Tab(words_history.FEEDBACK_TAB) as feedback_tab:
                save_feedback = gr.Button(words_history.SAVE_FEEDBACK, size="sm", scale=0, visible=False)
                all_feedback = gr.HTML("", padding=False)
        with gr.Column(scale=5, min_width=320, elem_id="ph-evidence"):
            chosen = gr.HTML(no_run_chosen_html(), padding=False)
            with gr.Column(visible=False) as column:
                actions, exports = _actions()
    file = gr.DownloadButton("Save", visible="hidden", elem_id="ph-file")
    return HistoryPage(
        search, notice, runs, more, chosen, column, actions, exports,
        feedback_tab, all_feedback, save_feedback, file, state,
    )  # fmt: skip


def _search_row(history: RunHistory) -> SearchFields:
    with gr.Row(elem_id="ph-search"):
        text = gr.Textbox(
            label=words_history.SEARCH_LABEL,
            placeholder=words_history.SEARCH_PLACEHOLDER,
            max_lines=1,
            scale=4,
            min_width=200,
        )
        agent = _filter(words.AGENT_LABEL, history.state.agents)
        outcome = _filter(words_history.OUTCOME_LABEL, OUTCOME_CHOICES)
        conversation = _filter(words_history.CONVERSATION_LABEL, history.state.conversations)
    return SearchFields(text, agent, outcome, conversation)


def _filter(label: str, choices: tuple[Choice, ...]) -> gr.Dropdown:
    # Agents and conversations come from the backend after the page is built, and Gradio checks against the built ones.
    return gr.Dropdown(list(choices), value="", label=label, allow_custom_value=True, scale=2, min_width=130)


def _actions() -> tuple[ActionWidgets, dict[ExportForm, gr.Button]]:
    with gr.Row(elem_classes="ph-small-row"):
        links = gr.HTML("", padding=False, elem_id="ph-links")
    gr.HTML(section_title_html(words_history.EXPORT), padding=False)
    with gr.Row(elem_classes="ph-small-row"):
        exports = {form: small_button(label) for form, label in EXPORT_LABELS.items()}
        delete_run = small_button(words_history.DELETE_RUN, visible=False)
    gr.HTML(section_title_html(words_history.CONVERSATION_LABEL), padding=False)
    with gr.Row(elem_classes="ph-small-row ph-name-row"):
        name = gr.Textbox(label=words_history.NAME_LABEL, max_lines=1, scale=3, min_width=160, interactive=False)
        save_name = small_button(words_history.SAVE_NAME, visible=False)
        delete_conversation = small_button(words_history.DELETE_CONVERSATION, visible=False)
    with gr.Column(visible=False, elem_id="ph-confirm") as confirm:
        question = gr.HTML("", padding=False)
        with gr.Row(elem_classes="ph-small-row"):
            delete = small_button(words_history.DELETE, variant="stop")
            keep = small_button(words_history.KEEP)
    gr.HTML(section_title_html(words_history.FEEDBACK_TAB), padding=False)
    feedback = gr.HTML("", padding=False)
    widgets = ActionWidgets(
        links, delete_run, name, save_name, delete_conversation, confirm, question, delete, keep, feedback
    )
    return widgets, exports
