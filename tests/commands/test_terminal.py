"""The terminal's picture of a run: everything once, nothing that steers the terminal, never higher than the screen."""

import io
from collections.abc import Sequence

import pytest
from hypothesis import given, settings, strategies as st
from rich.console import Console

from backend.client import Frame
from backend.commands.run_parts import step_tree
from backend.commands.terminal import LiveDisplay, PlainDisplay
from backend.commands.terminal_text import THEME, SettlingAnswer
from backend.present.answer.markdown_blocks import parse_blocks
from backend.present.words.printable import printable
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    KnownEvent,
    StatusEvent,
    TokenEvent,
    WarningEvent,
    stamp,
)
from backend.protocol.run_view import RunView, StepView
from backend.protocol.view import reduce
from tests.commands.screen import Screen
from tests.strategies import runs

ROWS, COLUMNS = 12, 60
HOSTILE = "\x1b[2J\x1b]0;owned\x07 \x9b31m red\r\n\x08\u202e text"


def stamped(drafts: Sequence[KnownEvent]) -> list[KnownEvent]:
    return [stamp(draft, seq, seq * 100.0) for seq, draft in enumerate(drafts, 1)]


def frames_of(events: Sequence[Event]) -> list[Frame]:
    view, frames = RunView.start("Is it rising?"), []
    for event in events:
        view = reduce(view, event)
        frames.append(Frame(view, view.stream.last_at_ms, urgent=True))
    return frames


def drawn(events: Sequence[Event], rows: int = ROWS, columns: int = COLUMNS) -> Screen:
    """The screen of a terminal after a run was watched on it."""
    output = io.StringIO()
    console = Console(
        file=output, theme=THEME, width=columns, height=rows, force_terminal=True, color_system="standard",
        highlight=False, emoji=False, markup=False, legacy_windows=False, _environ={"TERM": "xterm"},
    )  # fmt: skip
    display, view = LiveDisplay(console), RunView()
    with display:
        for frame in frames_of(events):
            view = frame.view
            display.draw(frame)
    display.close(view)
    screen = Screen(rows, columns)
    screen.write(output.getvalue())
    assert screen.cursor_shown
    return screen


def written(events: Sequence[Event]) -> str:
    """What a pipe got of a run."""
    output = io.StringIO()
    display, view = PlainDisplay(Console(file=output, theme=THEME, width=100, highlight=False, markup=False)), RunView()
    with display:
        for frame in frames_of(events):
            view = frame.view
            display.draw(frame)
    display.close(view)
    return output.getvalue()


RUN = stamped(
    [
        StatusEvent(step_id="a", step="retrieving", label="Searching"),
        StatusEvent(step_id="b", parent_id="a", step="running_tool", label="Adding up"),
        StatusEvent(step_id="b", parent_id="a", step="running_tool", state="failed", detail="no figures"),
        StatusEvent(step_id="a", step="retrieving", state="finished", detail="4 passages"),
        CitationEvent(citation_id="c1", number=1, title="10-Q, FY2026 Q3", source="SEC", url="https://sec.gov/1",
                      quote="Four customers stood for 61 %."),
        StatusEvent(step_id="w", step="summarizing", label="Writing"),
        *(TokenEvent(text=piece) for piece in ["It **rose** ", "[", "1", "].\n", "\n- one\n- two", "\n\nThe end [2]."]),
        ArtifactEvent(artifact_id="t", kind="table", title="Shares",
                      content={"columns": ["Quarter", "%"], "rows": [["FY26 Q3", 61], ["FY27 Q2", 16]]}),
        ArtifactEvent(artifact_id="v", kind="value", title="Newest", content={"value": 16, "unit": "%"}),
        ArtifactEvent(artifact_id="d", kind="documents", title="Found", content={"items": [{"title": "Note"}]}),
        ArtifactEvent(artifact_id="x", kind="chart", title="Map", content={"data": [{"type": "scattergeo"}]}),
        WarningEvent(code="contradiction", message="The newest filing says otherwise.", citation_id="c1"),
        StatusEvent(step_id="w", step="summarizing", state="finished"),
        DoneEvent(latency_ms=2400, ttft_ms=700),
    ]
)  # fmt: skip


def test_everything_of_a_run_is_on_the_terminal_once() -> None:
    text = drawn(RUN).text
    for part in (
        "✓ Searching  300 ms  4 passages",
        "  ✗ Adding up  100 ms  failed  no figures",
        "It rose [1].",
        " • one",
        "The end [2].",
        "[1] 10-Q, FY2026 Q3",
        "https://sec.gov/1",
        "“Four customers stood for 61 %.”",
        "FY26 Q3   61",
        "16 %",
        "- Note",
        "! The newest filing says otherwise. [1]",
        "Completed  first token 700 ms · total 2.4 s · 1 source",
    ):
        assert text.count(part) == 1, (part, text)
    order = [text.index(part) for part in ("Searching", "It rose", "Sources", "Results", "Before you", "Completed")]
    assert order == sorted(order)


def test_plain_lines_hold_the_same_without_a_control_code() -> None:
    text = written(RUN)
    assert "\x1b" not in text
    for part in ("✓ Searching", "It **rose** [1].\n\n- one", "[1] 10-Q", "Before you rely", "Completed"):
        assert text.count(part) == 1, (part, text)
    assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("rows", [3, 5, 12, 40])
def test_an_answer_longer_than_the_screen_is_whole_in_the_end(rows: int) -> None:
    # Three words in a row, so a paragraph is 32 rows and all of them are 66.
    words = [f"word{number} " + ("\n\n" if number % 97 == 0 else "") for number in range(200)]
    text = drawn(stamped([*(TokenEvent(text=word) for word in words), DoneEvent()]), rows=rows, columns=24).text
    assert [word for word in text.split() if word.startswith("word")] == [word.strip() for word in words]


def test_a_run_without_an_end_says_so() -> None:
    text = drawn(RUN[:8]).text
    assert "It rose" in text
    assert "The run has no end" in text


def test_a_failed_run_keeps_its_partial_answer_and_says_why() -> None:
    events = stamped(
        [
            TokenEvent(text="Half of it"),
            ErrorEvent(code="x", message="The index is gone."),
            DoneEvent(outcome="failed", partial=True),
        ]
    )
    for text in (drawn(events).text, written(events)):
        assert text.index("Half of it") < text.index("Failed") < text.index("The index is gone.")


def test_nothing_an_agent_sends_steers_the_terminal() -> None:
    events = stamped(
        [
            StatusEvent(step_id="a", step=HOSTILE, label=HOSTILE, detail=HOSTILE),
            CitationEvent(citation_id="c", number=1, title=HOSTILE, source=HOSTILE, url="javascript:x", quote=HOSTILE),
            TokenEvent(text=HOSTILE + " [1]\n\n```\n" + HOSTILE + "\n```\n"),
            ArtifactEvent(artifact_id="t", kind="table", title=HOSTILE,
                          content={"columns": [HOSTILE], "rows": [[HOSTILE]]}),
            ArtifactEvent(artifact_id="v", kind="value", title="v", content={"value": HOSTILE, "unit": HOSTILE}),
            ArtifactEvent(artifact_id="d", kind="documents", title="d", content={"items": [{"title": HOSTILE}]}),
            WarningEvent(code="x", message=HOSTILE),
            ErrorEvent(code="x", message=HOSTILE),
            DoneEvent(outcome="failed"),
        ]
    )  # fmt: skip
    drawn(events, columns=200)
    text = written(events)
    assert all(character == "\n" or character.isprintable() for character in text)


@given(runs())
@settings(deadline=None, max_examples=60)
def test_any_run_can_be_drawn(events: list[KnownEvent]) -> None:
    output = drawn(events, columns=200).text
    plain = written(events)
    assert plain.count("first token") == output.count("first token") == 1


@given(
    st.lists(st.sampled_from(["word ", "[1] ", "\n", "\n\n", "- item", "```\n", "| a | b |\n|--|--|\n", "**", "# "]))
)
@settings(deadline=None, max_examples=80)
def test_settled_blocks_are_those_of_the_whole_answer(pieces: list[str]) -> None:
    answer, settling, handed = "", SettlingAnswer(), []
    for piece in pieces:
        answer += piece
        handed += settling.advance(answer, whole=False)
        assert not settling.rewritten
    handed += settling.advance(answer, whole=True)
    assert [block.text for block in handed] == [block.text for block in parse_blocks(answer)]


def test_an_answer_that_was_replaced_is_told() -> None:
    settling = SettlingAnswer()
    settling.advance("One.\n\nTwo.\n\nThree", whole=False)
    assert [block.text for block in settling.advance("Other.", whole=True)] == ["Other."]
    assert settling.rewritten


def test_printable_keeps_text_and_line_ends() -> None:
    assert printable("Grüße שלום é\t\u2028x\r\ny\rz") == "Grüße שלום é\t\nx\ny\nz"


def test_steps_that_are_each_others_parents_are_not_lost() -> None:
    loop = [
        StepView(step_id=own, parent_id=parent, step="x", state="started")
        for own, parent in (("a", "b"), ("b", "a"), ("c", "c"), ("d", None), ("e", "d"))
    ]
    assert [[(depth, step.step_id) for depth, step in tree] for tree in step_tree(loop)] == [
        [(0, "c")],
        [(0, "d"), (1, "e")],
        [(0, "a")],
        [(0, "b")],
    ]
