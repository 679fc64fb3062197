"""An answer with its question, sources and warnings as one Markdown text, to copy or to save."""

from collections.abc import Iterator

from backend.present.answer.markdown_blocks import normalized, parse_blocks
from backend.present.answer.markdown_text import escape_markdown, markdown_link, markdown_text
from backend.present.evidence.sources import Source, locator_text, ordered_sources
from backend.present.evidence.span_markers import marked_answer
from backend.present.words import run as words
from backend.protocol.run_view import RunView


def export_markdown(view: RunView) -> str:
    """The run as Markdown that is safe to render anywhere; markers stay as ``[1]`` and match the list of sources."""
    return "\n\n".join(part for part in _parts(view) if part) + "\n"


def answer_markdown(view: RunView) -> str:
    """The answer alone as safe Markdown, markers as text."""
    cited = {citation.number for citation in view.message.citations if citation.number is not None}
    blocks = parse_blocks(normalized(marked_answer(view)))
    return "\n\n".join(markdown_text(block.tokens, cited) for block in blocks)


def _parts(view: RunView) -> Iterator[str]:
    message = view.message
    if message.question.strip():
        yield f"# {escape_markdown(words.shortened(message.question, 300))}"
    yield answer_markdown(view)
    if view.stream.outcome not in (None, "completed"):
        yield f"*{escape_markdown(words.outcome_sentence(view))}*"
    if message.warnings:
        yield f"## {words.WARNINGS_TITLE}"
        yield "\n".join(
            f"- {escape_markdown(words.shortened(warning.message or words.readable(warning.code), 1000))}"
            for warning in message.warnings
        )
    sources = ordered_sources(view)
    if sources:
        yield f"## {words.SOURCES_TITLE}"
        yield "\n".join(_source_line(source) for source in sources)


def _source_line(source: Source) -> str:
    citation = source.citation
    title = citation.title.strip() or citation.source or citation.document_id or "Source"
    facts = [citation.source if citation.title.strip() else None, locator_text(citation.locator)]
    number = rf"\[{citation.number}\] " if citation.number is not None else ""
    tail = "".join(f", {escape_markdown(words.shortened(fact))}" for fact in facts if fact)
    quote = f"\n  > {escape_markdown(words.shortened(citation.quote, 2000))}" if citation.quote else ""
    return f"- {number}{markdown_link(words.shortened(title, 300), citation.url)}{tail}{quote}"
