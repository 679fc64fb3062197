"""How the Ask page looks around a run: which buttons fit, and what stands there before, after and instead of one."""

from collections.abc import Sequence

import gradio as gr

from backend.client.replies import OfferedAgent
from backend.present.answer.markdown_export import export_markdown
from backend.present.pages.addresses import RUN
from backend.present.pages.conversation import earlier_turns_html
from backend.present.pages.copy_button import copy_button_html
from backend.present.pages.problem import Problem
from backend.present.pages.question_checks import starting_agent
from backend.present.words import ask as words_ask, pages as words_pages, run as words
from ui_gradio.ask.conversation import Conversation
from ui_gradio.ask.layout import AskPage
from ui_gradio.drawing import Updates, blank
from ui_gradio.navigation import in_a_row, link_html

_RUNNING = "<span hidden data-running></span>"


def started(page: AskPage, conversation: Conversation) -> Updates:
    """The page at the moment of the click, before the backend has answered."""
    return {
        **blank(page.panels, conversation.asked.question),
        **earlier(page, conversation),
        **buttons(page, conversation, running=True),
        page.question: gr.update(value="", placeholder=words_ask.FOLLOW_UP_PLACEHOLDER),
    }


def troubled(page: AskPage, conversation: Conversation, problem: Problem) -> Updates:
    """The page when no run could be had: a designed state with its sentence, and the question given back."""
    return {
        page.panels.status: "",
        page.panels.notice: problem.html,
        **buttons(page, conversation, running=problem.passes and conversation.waiting),
    }


def emptied(page: AskPage, conversation: Conversation) -> Updates:
    """The page before the first question."""
    return {
        **blank(page.panels, status=False),
        page.panels.notice: Problem("empty").html,
        **earlier(page, conversation),
        **buttons(page, conversation, running=False),
        page.question: gr.update(value="", placeholder=words.QUESTION_PLACEHOLDER),
        page.agent: gr.update(value=conversation.usual) if not conversation.asked.question else gr.skip(),
        page.run_id: "",
    }


def offered(conversation: Conversation, agents: Sequence[OfferedAgent]) -> None:
    """Remember what the backend offers, and with which of them the page starts."""
    conversation.usual = starting_agent([offer.agent for offer in agents])
    conversation.choices = tuple((offer.title or offer.agent, offer.agent) for offer in agents)


def choice(page: AskPage, conversation: Conversation, agent: str) -> Updates:
    """The agent's field, with everything there is to choose from: a name that comes before its choices is shown
    without its title, and stays so."""
    return {page.agent: gr.update(choices=list(conversation.choices), value=agent)}


def earlier(page: AskPage, conversation: Conversation) -> Updates:
    """The turns before the current one."""
    return {page.panels.earlier: earlier_turns_html(conversation.earlier)}


def buttons(page: AskPage, conversation: Conversation, *, running: bool) -> Updates:
    """Stop while something runs, else Ask; and what can be done with the run, where there is one.

    Which of the two it is comes with the run's texts, and the page's style shows the one that fits. As a change of the
    button it would wait to be fetched: one request later, and after whatever the browser is busy with by then. When a
    page opens, that is Plotly's script, seconds on a busy machine.
    """
    has_run = bool(conversation.run_id)
    again = not running and conversation.may_retry
    return {
        page.phase: _RUNNING if running else "",
        page.stop: gr.update(value=words.STOP, interactive=True),
        page.example_row: gr.update(visible=conversation.empty),
        page.action_row: gr.update(visible=not conversation.empty),
        page.new_conversation: gr.update(visible=not conversation.empty),
        page.go_on: gr.update(visible=again and conversation.may_continue),
        page.retry: gr.update(visible=again, variant="secondary" if conversation.may_continue else "primary"),
        page.after_run: _after_run(conversation) if has_run and not running else "",
        **page.review.offered(whether=has_run),
    }


def _after_run(conversation: Conversation) -> str:
    if conversation.latest is None:
        return ""
    copy = copy_button_html(export_markdown(conversation.latest.view), "ph-answer-markdown")
    return in_a_row(copy, link_html("replay", words_pages.OPEN_IN_REPLAY, **{RUN: conversation.run_id}))
