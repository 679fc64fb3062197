"""Views to draw, and the hostile texts that every place is tried with."""

from pydantic import JsonValue

from backend.present.answer.blocks import answer_html
from backend.present.evidence.artifacts import artifacts_html
from backend.present.evidence.sources import sources_html
from backend.present.evidence.steps import steps_html
from backend.present.evidence.warnings import warnings_html
from backend.present.pages.conversation import EarlierTurn, earlier_turns_html
from backend.present.pages.notices import error_html, question_html
from backend.present.pages.status import status_html
from backend.protocol.events import (
    ArtifactEvent,
    ArtifactKind,
    CitationEvent,
    DoneEvent,
    KnownEvent,
    Locator,
    StatusEvent,
    TokenEvent,
    ToolLog,
    WarningEvent,
)
from backend.protocol.run_view import RunView
from backend.protocol.view import fold

HOSTILE = (
    "<script>window.attacked=1</script>",
    "<img src=x onerror=window.attacked=1>",
    "<svg/onload=window.attacked=1>",
    '"><svg onload=window.attacked=1>',
    "' onmouseover='window.attacked=1",
    '" autofocus onfocus="window.attacked=1',
    "</style><script>window.attacked=1</script>",
    "</span></div><iframe src=javascript:window.attacked=1></iframe>",
    "<a href='javascript:window.attacked=1'>x</a>",
    "<!-- --!><img src=x onerror=window.attacked=1> -->",
    "<math><mi//xlink:href='data:x,<script>window.attacked=1</script>'>",
    "<<script>script>window.attacked=1<</script>/script>",
    "&lt;img src=x onerror=window.attacked=1&gt;",
    "{0} {unknown} %s %(x)s ${x}",
    "\u202etxt.exe\u0000\u2028<b>",
)
HOSTILE_MARKDOWN = (
    "[x](javascript:window.attacked=1)",
    "[x](JaVaScRiPt:window.attacked=1)",
    "[x](java\nscript:window.attacked=1)",
    "[x](&#106;avascript:window.attacked=1)",
    "[x](\\x01javascript:window.attacked=1)",
    "[x](<javascript:window.attacked=1>)",
    "[x](data:text/html,<script>window.attacked=1</script>)",
    "[x](vbscript:window.attacked=1)",
    "[x](//evil.example/x)",
    "[x](/etc/passwd)",
    "[x](file:///etc/passwd)",
    '[x](https://ok.example "onmouseover=window.attacked=1 x=\\"")',
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:window.attacked=1)",
    "[![x](https://evil.example/p.png)](https://evil.example)",
    "<javascript:window.attacked=1>",
    "<https://ok.example/<script>>",
    "[1]: javascript:window.attacked=1\n\n[1] and [x][1]",
    "![x][p]\n\n[p]: https://evil.example/pixel.png",
    "```<img src=x onerror=window.attacked=1>\n</code></pre><script>window.attacked=1</script>\n```",
    "`<script>window.attacked=1</script>`",
    "| <script>window.attacked=1</script> | [x](javascript:1) |\n|---|---|\n| <img src=x onerror=attack()> | b |",
    "# <script>window.attacked=1</script>\n\n> <img src=x onerror=attack()>\n\n- <svg onload=window.attacked=1>",
    "<details open ontoggle=window.attacked=1>",
    "    <script>window.attacked=1</script>",
    "**<b onclick=window.attacked=1>**",
)


def numbered(events: list[KnownEvent]) -> list[KnownEvent]:
    """The events in order, numbered from 1, times kept."""
    return [event.model_copy(update={"seq": seq}) for seq, event in enumerate(events, 1)]


def view_of(*events: KnownEvent, question: str = "Is it rising?") -> RunView:
    """The view after these events."""
    return fold(RunView.start(question), numbered(list(events)))


def answered(answer: str, *, ended: bool = True, citations: tuple[CitationEvent, ...] = ()) -> RunView:
    """A run that cited and then wrote this answer in one piece."""
    end = [DoneEvent(at_ms=3000, latency_ms=3000)] if ended else []
    return view_of(*citations, TokenEvent(at_ms=1000, text=answer), *end)


def cited(number: int, title: str = "10-Q", **fields: object) -> CitationEvent:
    """A citation with this number."""
    return CitationEvent.model_validate({"citation_id": f"c{number}", "number": number, "title": title, **fields})


def hostile_run(text: str) -> RunView:
    """A run that carries the text in every place an agent can write to."""
    tool = ToolLog(name=text, arguments={text: text}, result=[text])
    document: dict[str, JsonValue] = {
        "title": text,
        "source": text,
        "date": text,
        "url": text,
        "text": text,
        "score": 1.5,
    }
    trace: dict[str, JsonValue] = {"type": "bar", "name": text, "x": [text], "y": [1], "text": [text]}
    chart: dict[str, JsonValue] = {"data": [trace], "layout": {"xaxis": {"title": {"text": text}}}}
    facts = {"citation_id": "d", "title": text, "url": f"https://ok.example/{text}", "date": text}
    return view_of(
        StatusEvent(step_id=text, step=text, label=text, detail=text, tool=tool),
        StatusEvent(step_id="b", parent_id=text, step=text, tool=ToolLog(name=text, arguments=text)),
        cited(1, text, citation_id=text, source=text, url=text, quote=text, document_id=text, locator=Locator(page=1)),
        CitationEvent.model_validate({**facts, "accession_number": text}),
        WarningEvent(code=text, message=text, citation_id=text),
        WarningEvent(code=text, message="", step_id=text),
        artifact("table", {"columns": [text, "b"], "rows": [[text, 1]]}, text),
        artifact("value", {"value": text, "unit": text, "detail": text}, text),
        artifact("documents", {"items": [document]}, text),
        artifact("chart", chart, text),
        artifact("chart", {"data": text}, text),
        TokenEvent(text=f"{text} [1] [2] {text}\n\n{text}"),
        question=text,
    )


def artifact(kind: ArtifactKind, content: JsonValue, title: str = "", artifact_id: str = "") -> ArtifactEvent:
    """An artifact of this kind."""
    return ArtifactEvent(artifact_id=artifact_id, kind=kind, title=title, content=content)


def fragments(view: RunView) -> dict[str, str]:
    """Every fragment of a view by name."""
    return {
        "answer": answer_html(view, scope="r1"),
        "sources": sources_html(view, scope="r1"),
        "steps": steps_html(view, 100.0),
        "status": status_html(view, 100.0),
        "error": error_html(view),
        "warnings": warnings_html(view),
        "artifacts": artifacts_html(view),
        "question": question_html(view.message.question),
        "earlier turns": earlier_turns_html([EarlierTurn("run_1", view)]),
    }
