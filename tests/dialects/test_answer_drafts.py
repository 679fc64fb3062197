"""The book-keeping that every dialect shares: steps, sources, warnings, losses, ends, and how much of each is kept."""

from types import ModuleType
from typing import Any

import pytest

from backend.dialects import answer_drafts, cited_sources, step_drafts
from backend.dialects.answer_drafts import WARNINGS_PER_CODE, AnswerDrafts
from backend.dialects.dialect import Loss
from backend.protocol.events import CitationEvent, Span, StatusEvent, TokenEvent, ToolLog, WarningEvent


@pytest.fixture
def drafts() -> AnswerDrafts:
    return AnswerDrafts()


def statuses(drafts: AnswerDrafts) -> list[StatusEvent]:
    return [draft for draft in drafts.take() if isinstance(draft, StatusEvent)]


def citations(drafts: AnswerDrafts) -> list[CitationEvent]:
    return [draft for draft in drafts.take() if isinstance(draft, CitationEvent)]


def test_drafts_are_handed_out_once_and_in_order(drafts: AnswerDrafts) -> None:
    drafts.add_text("One")
    drafts.add_text("")
    drafts.add_text(" 🎉")
    assert drafts.take() == [TokenEvent(text="One"), TokenEvent(text=" 🎉")]
    assert drafts.take() == []
    assert (drafts.text, drafts.length) == ("One 🎉", 5)


def test_thinking_is_one_step_that_ends_with_the_answer(drafts: AnswerDrafts) -> None:
    drafts.steps.add_thinking()
    drafts.steps.add_thinking()
    drafts.add_text("Done thinking.")
    drafts.steps.end_thinking()
    told = drafts.take()
    assert [type(draft) for draft in told] == [StatusEvent, StatusEvent, TokenEvent]
    assert drafts.losses == (Loss("reasoning text", 2),)
    drafts.steps.add_thinking()
    assert [(status.step_id, status.state) for status in statuses(drafts)] == [("step-2", "started")]


def test_arguments_in_pieces_are_shown_when_they_are_whole(drafts: AnswerDrafts) -> None:
    drafts.steps.start("a", "running_tool", label="draw", tool="draw")
    drafts.steps.add_arguments("a", '{"x": ')
    drafts.steps.add_arguments("a", "1}")
    drafts.steps.complete_arguments("a")
    drafts.steps.complete_arguments("a")
    drafts.steps.end("a", result=["done"])
    drafts.steps.end("a", "failed")
    told = statuses(drafts)
    assert [status.state for status in told] == ["started", "progress", "finished"]
    assert told[-1].tool == ToolLog(name="draw", arguments={"x": 1}, result=["done"])
    assert drafts.tool_calls == 1


def test_arguments_that_are_no_json_stay_a_text(drafts: AnswerDrafts) -> None:
    drafts.steps.start("a", "running_tool", tool="draw")
    drafts.steps.add_arguments("a", '{"x": ')
    drafts.steps.end("a")
    tool = statuses(drafts)[-1].tool
    assert tool is not None
    assert tool.arguments == '{"x": '


def test_arguments_of_a_call_that_never_began_are_lost(drafts: AnswerDrafts) -> None:
    drafts.steps.add_arguments("nobody", "{}")
    assert drafts.losses == (Loss("arguments of an unknown tool call", 1),)


def test_a_key_that_comes_again_is_a_step_of_its_own(drafts: AnswerDrafts) -> None:
    for _ in range(2):
        drafts.steps.start("a", "running_tool", tool="draw")
        drafts.steps.start("a", "running_tool", tool="draw")
        drafts.steps.end("a")
    assert [(status.step_id, status.state) for status in statuses(drafts)] == [
        ("step-1", "started"),
        ("step-1", "finished"),
        ("step-2", "started"),
        ("step-2", "finished"),
    ]
    assert drafts.tool_calls == 2


def test_a_source_is_told_again_only_if_more_of_it_is_known(drafts: AnswerDrafts) -> None:
    drafts.add_text("Twelve chars")
    assert drafts.add_citation("k", title="A", url="https://a.example/") == 1
    assert drafts.add_citation("other", title="B") == 2
    assert drafts.add_citation("k", title="A", quote="", span=Span(start=0, end=6)) == 1
    assert drafts.add_citation("k", span=Span(start=0, end=6)) == 1
    assert drafts.add_citation("k", span=Span(start=7, end=12)) == 1
    told = [citation for citation in citations(drafts) if citation.citation_id == "c1"]
    assert [citation.spans for citation in told] == [
        (),
        (Span(start=0, end=6),),
        (Span(start=0, end=6), Span(start=7, end=12)),
    ]
    assert told[-1].title == "A"
    assert drafts.citation_id("other") == "c2"


def test_a_source_counts_once_for_every_place_that_cites_it(drafts: AnswerDrafts) -> None:
    drafts.add_text("Twelve chars")
    drafts.add_citation("k", title="A")
    assert drafts.citations == 1
    drafts.add_citation("k", span=Span(start=0, end=6))
    drafts.add_citation("k", span=Span(start=0, end=6))
    assert drafts.citations == 1
    drafts.add_citation("k", mention="12")
    drafts.add_citation("other", title="B")
    assert drafts.citations == 3


def test_a_range_may_come_before_its_text_but_not_without_it(drafts: AnswerDrafts) -> None:
    drafts.add_citation("k", title="A", span=Span(start=0, end=6))
    drafts.add_citation("k", span=Span(start=7, end=40))
    drafts.add_text("Twelve chars")
    assert [citation.spans for citation in citations(drafts)] == [()]
    drafts.end.complete()
    drafts.close()
    assert [citation.spans for citation in citations(drafts)] == [(Span(start=0, end=6),)]
    assert drafts.losses == (Loss("ranges outside the answer", 1),)


def test_the_first_error_counts_and_no_end_undoes_it(drafts: AnswerDrafts) -> None:
    drafts.end.fail("overloaded_error", "Busy.", retryable=True)
    drafts.end.fail("other", "Later.")
    drafts.end.complete()
    end = drafts.close()
    assert end.outcome == "failed"
    assert end.error is not None
    assert (end.error.code, end.error.message, end.error.retryable) == ("overloaded_error", "Busy.", True)


def test_without_an_end_the_stream_is_cut_and_open_steps_have_failed(drafts: AnswerDrafts) -> None:
    drafts.steps.start("a", "running_tool", tool="draw")
    end = drafts.close()
    assert (end.outcome, end.error and end.error.code) == ("interrupted", "stream_cut")
    assert [status.state for status in statuses(drafts)] == ["started", "failed"]


def test_warnings_beyond_the_first_of_a_code_are_summed_up(drafts: AnswerDrafts) -> None:
    for number in range(WARNINGS_PER_CODE + 2):
        drafts.warn("odd", f"Odd {number}.")
    drafts.end.complete()
    drafts.close()
    warnings = [draft.message for draft in drafts.take() if isinstance(draft, WarningEvent)]
    assert warnings == [*(f"Odd {number}." for number in range(WARNINGS_PER_CODE)), "2 more of this kind."]


def test_usage_is_updated_and_nothing_is_erased(drafts: AnswerDrafts) -> None:
    drafts.end.add_usage({"input_tokens": 3, "output_tokens": 1})
    drafts.end.add_usage({"input_tokens": None, "output_tokens": 9})
    drafts.end.add_usage({f"name {number}": number for number in range(100)})
    assert drafts.end.usage["input_tokens"] == 3
    assert drafts.end.usage["output_tokens"] == 9
    assert len(drafts.end.usage) == 50


@pytest.mark.parametrize(
    ("owner", "bound", "value", "what"),
    [
        (step_drafts, "MAX_STEPS", 2, "steps beyond the most a run may have"),
        (answer_drafts, "MAX_TEXT_CHARS", 10, "text beyond the longest answer"),
        (step_drafts, "MAX_ARGUMENT_CHARS", 4, "arguments beyond the longest"),
        (cited_sources, "MAX_CITATIONS", 2, "citations beyond the most a run may have"),
        (cited_sources, "MAX_MENTIONS", 2, "further places that cite a source"),
        (cited_sources, "MAX_ALL_MENTIONS", 2, "further places that cite a source"),
    ],
)
def test_what_goes_beyond_a_bound_is_lost_and_told(
    drafts: AnswerDrafts, monkeypatch: pytest.MonkeyPatch, owner: ModuleType, bound: str, value: int, what: str
) -> None:
    fill(drafts)
    assert what not in {loss.what for loss in drafts.losses}
    monkeypatch.setattr(owner, bound, value)
    bounded = AnswerDrafts()
    fill(bounded)
    assert Loss(what, 1) in bounded.losses


def fill(drafts: AnswerDrafts) -> None:
    """Three of everything."""
    for number in range(3):
        drafts.add_text("four")
        drafts.steps.start(str(number), "running_tool", tool="draw")
        drafts.add_citation(f"source {number}", title="A")
        drafts.add_citation("source 0", span=Span(start=number, end=number + 1))
    drafts.steps.add_arguments("0", "[1, 2]")


def test_kinds_of_losses_are_bounded(drafts: AnswerDrafts) -> None:
    for number in range(1_000):
        drafts.count_loss(f"messages of type {number}")
    assert len(drafts.losses) == 201
    assert drafts.losses[0].what == "content of further kinds"
    assert sum(loss.count for loss in drafts.losses) == 1_000


@pytest.mark.parametrize("fields", [{"title": None}, {"title": "", "url": None}])
def test_fields_that_say_nothing_change_nothing(drafts: AnswerDrafts, fields: dict[str, Any]) -> None:
    drafts.add_citation("k", title="A")
    drafts.add_citation("k", **fields)
    assert [citation.title for citation in citations(drafts)] == ["A"]
