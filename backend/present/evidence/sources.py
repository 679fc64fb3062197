"""The evidence: one card per citation, with its quote, its position, and its warnings."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from backend.present.evidence.span_markers import span_places
from backend.present.markup import EMPTY, Markup, anchor_id, external_link, fragment, joined, safe_url
from backend.present.words import run as words
from backend.present.words.durations import format_count
from backend.protocol.events import CitationEvent, Locator
from backend.protocol.run_view import RunView

_NO_NUMBER: Final = 1_000_000
_SURROUNDINGS: Final = 400
"""Characters shown before and after a quote, at most."""
_FACTS: Final = (
    ("filing", ""),
    ("date", ""),
    ("filing_date", ""),
    ("accession_number", "Accession "),
    ("accession", "Accession "),
)
"""Fields besides the contract's own that describe a source's origin, each with the word before it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A citation as shown: ``key`` names its anchor, ``uses`` counts its markers in the answer as shown."""

    key: str
    citation: CitationEvent
    uses: int
    warnings: tuple[str, ...]


def ordered_sources(view: RunView) -> list[Source]:
    """The citations by number, then by first appearance; those without a number last."""
    message = view.message
    uses: dict[int, int] = {}
    for number in [*(marker.number for marker in message.markers), *(number for _, number in span_places(view))]:
        uses[number] = uses.get(number, 0) + 1
    taken: set[str] = set()
    sources = []
    order = sorted(enumerate(message.citations), key=lambda pair: (pair[1].number or _NO_NUMBER, pair[0]))
    for index, citation in order:
        key = str(citation.number) if citation.number is not None else f"u{index + 1}"
        key = key if key not in taken else f"{key}-{index + 1}"
        taken.add(key)
        warnings = tuple(
            warning.message or words.readable(warning.code)
            for warning in message.warnings
            if warning.citation_id is not None and warning.citation_id == citation.citation_id
        )
        sources.append(Source(key, citation, uses.get(citation.number or 0, 0), warnings))
    return sources


def source_titles(view: RunView) -> dict[int, str]:
    """The titles of markers by number: ``title - source``. The first citation of a number counts."""
    titles: dict[int, str] = {}
    for citation in view.message.citations:
        if citation.number is not None:
            titles.setdefault(citation.number, source_title(citation))
    return titles


def source_title(citation: CitationEvent) -> str:
    """A source in one line: its title and its origin."""
    parts = [part.strip() for part in (citation.title, citation.source or "") if part and part.strip()]
    return words.shortened(" - ".join(parts) or citation.document_id or "Source", 200)


def locator_text(locator: Locator | None) -> str:
    """The position of a quote: ``page 12, line 3``; empty if it is not known."""
    if locator is None:
        return ""
    parts = [f"{name} {value:,}" for name, value in (("page", locator.page), ("line", locator.line)) if value]
    if not parts and locator.start is not None and locator.end is not None:
        return f"characters {locator.start:,} to {locator.end:,}"
    return ", ".join(parts)


def sources_html(view: RunView, *, scope: str = "") -> str:
    """All sources as cards, or a notice if there are none."""
    return SourceCards(scope).html(view)


class SourceCards:
    """The sources of one run as they grow: a card that would be the same is not made again."""

    def __init__(self, scope: str = "") -> None:
        """``scope`` is part of the anchors."""
        self._scope = scope
        self._made: dict[str, tuple[Source, bool, Markup]] = {}

    def html(self, view: RunView) -> str:
        """All sources as cards, or a notice if there are none."""
        sources = ordered_sources(view)
        missing = _missing_html(view)
        if not sources:
            text = words.NO_SOURCES if view.ended else words.EMPTY_SOURCES
            return str(
                fragment('<div class="ph ph-panel ph-sources"><p class="ph-empty">{}</p>{}</div>', text, missing)
            )
        cards = joined(self._card(source, view.ended) for source in sources)
        return str(fragment('<div class="ph ph-panel"><ol class="ph-sources">{}</ol>{}</div>', cards, missing))

    def _card(self, source: Source, ended: bool) -> Markup:
        known = self._made.get(source.key)
        if known is not None and known[1] == ended and _same(known[0], source):
            return known[2]
        card = source_html(source, ended=ended, scope=self._scope)
        self._made[source.key] = (source, ended, card)
        return card


def _same(one: Source, other: Source) -> bool:
    return one.citation is other.citation and (one.uses, one.warnings) == (other.uses, other.warnings)


def source_html(source: Source, *, ended: bool, scope: str = "") -> Markup:
    """One source as a card with its anchor."""
    citation = source.citation
    number = "" if citation.number is None else citation.number
    return fragment(
        '<li class="ph-source" id="{}" data-number="{}" tabindex="-1"><div class="ph-source-head">'
        '<span class="ph-source-number">{}</span><span class="ph-source-title" dir="auto">{}</span></div>{}{}{}{}</li>',
        anchor_id("source", source.key, scope),
        number,
        number if citation.number is not None else "–",
        external_link(citation.url, citation.title.strip() or citation.source or citation.document_id or "Source"),
        _facts(source_facts(citation)),
        _quote_html(citation),
        _uses_html(source, ended),
        joined(
            fragment('<p class="ph-flag"><span class="ph-glyph ph-glyph--warning"></span>{}</p>', text)
            for text in source.warnings
        ),
    )


def _quote_html(citation: CitationEvent) -> Markup:
    """The quote within its surroundings, if the agent sends them."""
    if not citation.quote:
        return EMPTY
    before, after = (
        fragment('<span class="ph-around">{}</span>', words.shortened(text, _SURROUNDINGS)) if text else EMPTY
        for text in (citation.before, citation.after)
    )
    quote = fragment('<span class="ph-quoted">{}</span>', citation.quote) if before or after else citation.quote
    return fragment('<blockquote class="ph-quote" dir="auto">{} {} {}</blockquote>', before, quote, after)


def source_facts(citation: CitationEvent) -> list[str]:
    """A source's origin, date, accession number and position in the document, besides its title."""
    extra: dict[str, Any] = citation.model_extra or {}
    texts = [
        citation.source if citation.title.strip() else None,
        *(f"{word}{extra[name]}" for name, word in _FACTS if isinstance(extra.get(name), str | int)),
        citation.document_id if citation.document_id != citation.title else None,
        locator_text(citation.locator),
        None if citation.url is None or safe_url(citation.url) else "address not shown: it is not a web address",
    ]
    return [text for text in texts if text]


def _facts(texts: Iterable[str]) -> Markup:
    facts = joined(fragment("<li><bdi>{}</bdi></li>", text) for text in texts)
    return fragment('<ul class="ph-facts">{}</ul>', facts) if facts else EMPTY


def _uses_html(source: Source, ended: bool) -> Markup:
    if source.citation.number is None or not ended or source.uses:
        return EMPTY
    return fragment('<p class="ph-hint">The answer does not refer to this source.</p>')


def _missing_html(view: RunView) -> Markup:
    """A note about markers without a source."""
    pending = view.message.pending
    if not pending:
        return EMPTY
    listed = ", ".join(f"[{number}]" for number in pending[:10]) + (", …" if len(pending) > 10 else "")
    what = format_count(len(pending), "marker")
    tail = "never got a source" if view.ended else "still waiting for a source"
    return fragment('<p class="ph-hint ph-hint--caution">{} {}: {}</p>', what, tail, listed)
