"""Markdown tokens as HTML without active content: Playhead's render rules first, nh3 as a second lock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from backend.present.markup import EMPTY, Markup, anchor_id, escape, external_link, fragment, joined
from backend.present.words.run import MARKER_PENDING, MARKER_UNRESOLVED, shortened

_ALIGNMENTS: Final = {"text-align:center": "ph-center", "text-align:right": "ph-right"}
_TAGS: Final = frozenset(
    {"a", "bdi", "blockquote", "br", "code", "del", "div", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p"}
    | {"pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}
)


@dataclass(frozen=True, slots=True)
class MarkerContext:
    """The context of markers: the titles of the sources by number, and whether more can still come."""

    titles: Mapping[int, str]
    ended: bool
    scope: str = ""

    def signature(self, numbers: Sequence[int]) -> tuple[object, ...]:
        """Equal for two contexts in which markers of these numbers look the same."""
        return tuple(self.titles.get(number, self.ended) for number in numbers)


def marker_html(number: int, context: MarkerContext) -> Markup:
    """One marker: a link to its source, or muted if there is none."""
    title = context.titles.get(number)
    if title is None:
        hint = MARKER_UNRESOLVED if context.ended else MARKER_PENDING
        return fragment(
            '<span class="ph-marker ph-marker--pending" data-number="{}" title="{}">{}</span>', number, hint, number
        )
    return fragment(
        '<a class="ph-marker" href="#{}" data-number="{}" title="{}">{}</a>',
        anchor_id("source", number, context.scope),
        number,
        title,
        number,
    )


def block_html(tokens: Sequence[Token], context: MarkerContext) -> str:
    """The tokens of one block as safe HTML inside its own ``div``."""
    inner = _renderer().renderer.render(list(tokens), _renderer().options, {"markers": context})
    return _cleaner().clean(f'<div class="ph ph-answer" dir="auto">{inner}</div>')


class _Renderer(RendererHTML):
    """markdown-it's renderer with Playhead's rules for everything that could point or reach outside."""

    def marker(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Markers of one bracket, side by side. One in doubt without a source is what it says: a link or text."""
        token, context = tokens[idx], env["markers"]
        numbers: Sequence[int] = token.meta["numbers"]
        if not token.meta["doubtful"]:
            return joined(marker_html(number, context) for number in numbers)
        if not any(number in context.titles for number in numbers):
            address = token.meta["address"]
            listed = ", ".join(map(str, numbers))
            return external_link(address, listed) if address else escape(token.content)
        return joined(
            marker_html(number, context) if number in context.titles else escape(f"[{number}]") for number in numbers
        )

    def plain_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Text that is too long for the inline rules."""
        return self.renderInline(tokens[idx].children or [], options, env)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A picture is never fetched: its text replaces it, linked to its address if links are allowed."""
        token = tokens[idx]
        text = self.renderInlineAsText(token.children, options, env) or "image"
        depth = sum(other.nesting for other in tokens[:idx] if other.type in ("link_open", "link_close"))
        return external_link(None if depth else str(token.attrGet("src") or ""), f"[{text}]")

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Opens a new tab, without a referrer."""
        href = str(tokens[idx].attrGet("href") or "")
        return fragment('<a class="ph-link" href="{}" target="_blank" rel="noopener noreferrer">', href)

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Code as written; the language only as a label."""
        language = shortened(tokens[idx].info.split(maxsplit=1)[0], 24) if tokens[idx].info.strip() else ""
        label = fragment('<span class="ph-code-language">{}</span>', language) if language else EMPTY
        return fragment(
            '<pre class="ph-code" dir="ltr" tabindex="0">{}<code>{}</code></pre>', label, tokens[idx].content
        )

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Headings of an answer are below those of the page."""
        return f"<{_heading(tokens[idx])}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Closes what ``heading_open`` opened."""
        return f"</{_heading(tokens[idx])}>"

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A table scrolls by itself, never the page."""
        return '<div class="ph-table-scroll" tabindex="0"><table class="ph-table">'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Closes what ``table_open`` opened."""
        return "</table></div>"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A header cell."""
        return f"<th{_alignment(tokens[idx])}>"

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A cell."""
        return f"<td{_alignment(tokens[idx])}>"


def _heading(token: Token) -> str:
    return f"h{min(6, int(token.tag[1:]) + 2)}"


def _alignment(token: Token) -> str:
    css_class = _ALIGNMENTS.get(str(token.attrGet("style")))
    return f' class="{css_class}"' if css_class else ""


@cache
def _renderer() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "xhtmlOut": False}, renderer_cls=_Renderer)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return value if all(part == "ph" or part.startswith("ph-") for part in value.split()) else None
    if name == "href" and value.startswith("#"):
        return value if value.startswith("#ph-") else None
    return value


@cache
def _cleaner() -> nh3.Cleaner:
    named: Mapping[str, Any] = {
        "*": {"class", "dir"},
        "a": {"href", "target", "title", "data-number"},
        "span": {"title", "data-number"},
        "ol": {"start"},
        "div": {"tabindex"},
        "pre": {"tabindex"},
    }
    return nh3.Cleaner(
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in named.items()},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
