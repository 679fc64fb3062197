"""What is drawn again as a run goes on, and the run as Markdown."""

from itertools import accumulate

import pytest
from hypothesis import given, settings

from backend.present.answer.blocks import answer_blocks
from backend.present.answer.markdown_export import answer_markdown, export_markdown
from backend.present.evidence.artifacts import artifact_views, artifacts_html
from backend.present.evidence.sources import sources_html
from backend.present.evidence.steps import steps_html
from backend.present.evidence.warnings import warnings_html
from backend.present.pages.notices import error_html, question_html
from backend.present.pages.panels import Changes, Panels
from backend.present.pages.status import metrics_html, status_html
from backend.present.pages.tabs import tabs_html
from backend.protocol.events import DoneEvent, KnownEvent, Locator, StatusEvent, TokenEvent, WarningEvent
from backend.protocol.run_view import RunView
from backend.protocol.view import reduce
from tests.present.samples import cited, hostile_run, numbered, view_of
from tests.strategies import runs


@settings(max_examples=60, deadline=None)
@given(runs())
def test_drawing_only_what_changed_ends_as_drawing_everything(events: list[KnownEvent]) -> None:
    panels, screen = Panels(), dict[str, object]()
    view = RunView.start("q")
    for event in [None, *events]:
        view = view if event is None else reduce(view, event)
        changes = panels.draw(view)
        screen |= {
            name: value for name in Changes.__dataclass_fields__ if (value := getattr(changes, name)) is not None
        }
    assert screen == {
        "question": question_html("q"),
        "status": status_html(view),
        "metrics": metrics_html(view),
        "tabs": tabs_html(view),
        "steps": steps_html(view),
        "answer": tuple(answer_blocks(view)),
        "notice": error_html(view),
        "warnings": warnings_html(view),
        "sources": sources_html(view),
        "artifacts": tuple(artifact_views(view)),
        "results": artifacts_html(view),
    }


def test_nothing_new_is_nothing_to_draw() -> None:
    view = view_of(StatusEvent(step="retrieving", at_ms=10), TokenEvent(text="Hello", at_ms=20))
    panels = Panels()
    assert not panels.draw(view, 100.0).empty
    assert panels.draw(view, 110.0).empty


def test_a_token_redraws_neither_steps_nor_sources() -> None:
    events = numbered(
        [StatusEvent(step="retrieving", at_ms=10), TokenEvent(text="Hel", at_ms=20), TokenEvent(text="lo", at_ms=30)]
    )
    first, second = list(accumulate(events, reduce, initial=RunView.start()))[-2:]
    panels = Panels()
    panels.draw(first, 100.0)
    changes = panels.draw(second, 110.0)
    assert changes.answer is not None
    assert (changes.steps, changes.sources, changes.status, changes.warnings) == (None, None, None, None)


@pytest.fixture
def run_view() -> RunView:
    return view_of(
        cited(
            1,
            "10-Q [FY26]",
            source="sec",
            url="https://sec.gov/a_(b)",
            quote="Four *customers*",
            locator=Locator(page=3),
        ),
        cited(2, "No link", url="javascript:alert(1)"),
        WarningEvent(message="Dated: <2024>."),
        TokenEvent(text="It **fell** [1][2]."),
        DoneEvent(outcome="cancelled", partial=True),
        question="Is it *rising*?",
    )


def test_the_export_holds_question_answer_warnings_and_sources(run_view: RunView) -> None:
    assert export_markdown(run_view) == (
        "# Is it \\*rising\\*?\n\n"
        "It **fell** \\[1\\]\\[2\\].\n\n"
        "*The run was stopped. The answer so far is kept.*\n\n"
        "## Before you rely on this\n\n"
        "- Dated: \\<2024\\>.\n\n"
        "## Sources\n\n"
        "- \\[1\\] [10-Q \\[FY26\\]](https://sec.gov/a_%28b%29), sec, page 3\n"
        "  > Four \\*customers\\*\n"
        "- \\[2\\] No link\n"
    )


def test_the_answer_alone(run_view: RunView) -> None:
    assert answer_markdown(run_view) == "It **fell** \\[1\\]\\[2\\]."


def test_an_export_of_nothing() -> None:
    assert export_markdown(RunView.start()) == "\n"


def test_fragments_are_what_changed_by_place_and_the_status_is_last() -> None:
    panels = Panels()
    first = panels.draw(hostile_run("plain"), 100.0)
    fragments = first.fragments()
    assert list(fragments) == ["question", "steps", "notice", "warnings", "sources", "tabs", "metrics", "status"]
    assert all(fragments[place] == getattr(first, place) for place in fragments)
    assert panels.draw(hostile_run("plain"), 100.0).fragments() == {}
