"""What a run shows of its search: the step with its log, and warnings that make the search itself doubtful."""

import textwrap

from backend.agents.documents.answering.findings import Findings, counted
from backend.agents.documents.search.follow_up import RequestInContext
from backend.agents.documents.search.retrieval import PASSAGES_SHOWN
from backend.protocol.events import StatusEvent, ToolLog, WarningEvent

_LONGEST_QUOTED = 120
"""Characters of an earlier question that a status shows."""


def search_finished(findings: Findings) -> StatusEvent:
    """The end of the search step, with what was searched for and found."""
    retrieval, asked = findings.retrieval, findings.asked
    hits, names = retrieval.hits, retrieval.names
    detail = f"{counted(len(hits), 'passage')} from {counted(len(names), 'document')}" if hits else "no passage"
    if findings.outlines:
        detail = f"{counted(len(findings.outlines), 'document')} to outline"
    elif hits and not findings.evidence.is_enough:
        detail = f"{detail}, none of which answers the question by itself"
    joined = {"read_together_with": list(asked.joined)} if asked.joined else {}
    return StatusEvent(
        step_id="retrieve",
        step="retrieving",
        state="finished",
        detail=f"{_read_together(asked)} · {detail}" if asked.joined else detail,
        tool=ToolLog(
            name="search_documents",
            arguments={"query": retrieval.expression, "limit": PASSAGES_SHOWN, **joined},
            result={
                "passages": len(hits),
                "documents": list(names),
                "best_coverage": round(max((hit.coverage for hit in hits), default=0.0), 3),
                "words_not_found": list(retrieval.unknown),
            },
        ),
    )


def search_doubts(findings: Findings) -> list[WarningEvent]:
    """Warnings: the folder is not read to its end, a period is unclear, a table could not be used."""
    found = []
    if findings.still_reading:
        found.append(WarningEvent(code="still_reading", message=findings.still_reading, step_id="retrieve"))
    if findings.asked.unresolved:
        found.append(WarningEvent(code="period_unclear", message=_unresolved(findings.asked), step_id="retrieve"))
    found += [
        WarningEvent(code="table_left_out", message=problem, step_id="retrieve")
        for problem in findings.candidates.problems
    ]
    return found


def _read_together(asked: RequestInContext) -> str:
    """That the question was not taken by itself, with the question before as it was asked."""
    quoted = [f"“{textwrap.shorten(text, _LONGEST_QUOTED, placeholder=' …')}”" for text in asked.joined]
    return f"Read together with the question{'' if len(quoted) == 1 else 's'} before: {', '.join(quoted)}"


def _unresolved(asked: RequestInContext) -> str:
    return (
        f"It is not clear which period “{asked.unresolved}” means: the question before names none to count from. "
        "Name the period."
    )
