"""The tree of steps."""

from hypothesis import given, settings, strategies as st

from backend.present.evidence.steps import MAX_THOUGHT_TEXT, MAX_TOOL_TEXT, steps_html, tool_text
from backend.protocol.events import DoneEvent, StatusEvent, ToolLog, WarningEvent
from backend.protocol.inputs import InputOption, InputRequest
from tests.present.html_reader import Fragment, visible
from tests.present.samples import cited, view_of


def test_a_finished_step() -> None:
    view = view_of(
        StatusEvent(step_id="a", step="retrieving", at_ms=100),
        StatusEvent(step_id="a", step="retrieving", state="finished", at_ms=920, detail="214 passages"),
    )
    assert steps_html(view) == (
        '<div class="ph ph-panel ph-steps"><ol class="ph-step-list"><li class="ph-step ph-step--finished">'
        '<div class="ph-step-row"><span class="ph-glyph ph-glyph--finished" role="img" aria-label="done"></span>'
        '<span class="ph-step-label" dir="auto">Searching the documents</span>'
        '<span class="ph-duration">820 ms</span></div>'
        '<p class="ph-step-detail" dir="auto">214 passages</p></li></ol></div>'
    )


def test_an_open_step_counts_on_from_now() -> None:
    view = view_of(StatusEvent(step_id="a", step="retrieving", at_ms=100))
    assert "animation-delay:-1400ms" in steps_html(view, 1500.0)
    assert "animation-delay:-0ms" in steps_html(view)


def test_a_clock_behind_the_events_never_shows_a_negative_time() -> None:
    view = view_of(StatusEvent(step_id="a", step="retrieving", at_ms=5000))
    assert "animation-delay:-0ms" in steps_html(view, 10.0)


def test_steps_are_nested_as_the_agent_nested_them() -> None:
    view = view_of(
        StatusEvent(step_id="a", step="planning"),
        StatusEvent(step_id="b", step="retrieving", parent_id="a"),
        StatusEvent(step_id="c", step="reading", parent_id="b"),
        StatusEvent(step_id="d", step="summarizing", parent_id="unknown"),
    )
    html = steps_html(view)
    assert html.count("<ol") == 3
    assert visible(html) == "Planning Searching the documents Reading the documents Writing the answer"


PARENTS = st.sampled_from(["a", "b", "c", "d", "e", "nowhere", None])


@settings(max_examples=80, deadline=None)
@given(st.lists(PARENTS, min_size=1, max_size=5))
def test_no_step_is_lost_or_shown_twice_whatever_their_parents(parents: list[str | None]) -> None:
    view = view_of(*(StatusEvent(step_id="abcde"[i], step=f"step{i}", parent_id=p) for i, p in enumerate(parents)))
    html = steps_html(view)
    assert Fragment(html).problems == []
    assert [html.count(f">Step{i}<") for i in range(len(parents))] == [1] * len(parents)


def test_the_tool_log_is_there_to_unfold() -> None:
    tool = ToolLog(name="duckdb", arguments={"sql": "SELECT 1"}, result=[[1]])
    text = visible(steps_html(view_of(StatusEvent(step_id="t", step="running_tool", tool=tool))))
    assert "Running a tool: duckdb" in text
    assert "Sources it found" not in text
    assert 'Arguments { "sql": "SELECT 1" }Result [ [ 1 ] ]' in text
    assert "<details" in steps_html(view_of(StatusEvent(step_id="t", step="running_tool", tool=tool)))


def test_a_tool_call_lists_the_sources_that_its_result_names() -> None:
    tool = ToolLog(name="search", result=[{"id": "10-K-2024"}])
    call = StatusEvent(step_id="t", step="running_tool", tool=tool)
    found, other = (cited(number, document_id=name) for number, name in ((1, "10-K-2024"), (2, "10-Q-2025")))
    html = steps_html(view_of(call, found, other), scope="r")
    assert Fragment(html).links == ["#ph-source-r-1"]


def test_a_long_tool_result_is_cut_and_says_so() -> None:
    text = tool_text("x" * (MAX_TOOL_TEXT + 1234))
    assert text.endswith("… 1,234 more characters")
    assert tool_text("short") == "short"


def test_progress_shows_while_the_step_runs() -> None:
    running = StatusEvent(step_id="i", step="indexing", state="progress", progress=0.375)
    bar = '<progress class="ph-progress" max="100" value="38" aria-label="Indexing the documents">38 %</progress>'
    assert bar in steps_html(view_of(running))
    ended = StatusEvent(step_id="i", step="indexing", state="finished")
    assert "<progress" not in steps_html(view_of(running, ended))


def test_a_waiting_step_says_what_it_asks() -> None:
    options = (InputOption(value="yes"), InputOption(value="no"))
    request = InputRequest(input_id="i", prompt="May I read 2024?", options=options)
    text = visible(steps_html(view_of(StatusEvent(step_id="w", step="approve", state="waiting", request=request))))
    assert "May I read 2024?" in text


def test_a_warning_about_a_step_stands_with_it() -> None:
    html = steps_html(
        view_of(StatusEvent(step_id="s", step="reading"), WarningEvent(message="Encrypted.", step_id="s"))
    )
    assert "Encrypted." in visible(html)


def test_empty_states() -> None:
    assert visible(steps_html(view_of())) == "Steps appear here as the agent works."
    assert visible(steps_html(view_of(DoneEvent()))) == "The agent reported no steps."


def test_what_a_model_thought_is_there_to_unfold() -> None:
    status = StatusEvent(step_id="t", step="thinking")
    view = view_of(
        status,
        status.model_copy(update={"state": "progress", "thought": "So <b>a</b>, "}),
        status.model_copy(update={"state": "finished", "thought": "then b."}),
    )
    assert "So <b>a</b>, then b." in visible(steps_html(view))
    assert '<details class="ph-thought" data-ph-keep="thought-t"><summary>' in steps_html(view), "folded"
    long = view_of(status.model_copy(update={"thought": "x" * (MAX_THOUGHT_TEXT + 5) + "end"}))
    assert "8 characters before this …\nxxx" in steps_html(long)
