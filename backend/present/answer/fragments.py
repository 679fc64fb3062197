"""Markdown tokens as HTML without active content: Playhead's render rules first, nh3 as a second lock."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from backend.present.answer.code_block import code_block_html
from backend.present.answer.direction import direction_of, has_right_to_left, with_quantities_apart
from backend.present.answer.formula_markup import formula_mathml
from backend.present.markup import Markup, anchor_id, escape, external_link, fragment, joined
from backend.present.words.run import DETAILS, MARKER_PENDING, MARKER_UNRESOLVED, TASK_DONE, TASK_OPEN

_ALIGNMENTS: Final = {"text-align:center": "ph-center", "text-align:right": "ph-right"}
_TAGS: Final = frozenset(
    {"a", "bdi", "blockquote", "br", "code", "del", "div", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p"}
    | {"pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}
    | {"button", "details", "kbd", "mark", "sub", "summary", "sup", "u"}
)
_PLACEHOLDER: Final = re.compile(r'<span class="ph-put-(\d+)"></span>')


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


def block_html(
    tokens: Sequence[Token],
    context: MarkerContext,
    key: str = "",
    *,
    complete: bool = True,
    continues: bool = False,
) -> str:
    """The tokens of one block as safe HTML inside its own ``div``. ``key`` names the block among those of its answer;
    ``complete``: nothing is added to it any more; ``continues``: the next block is a piece of the same paragraph.

    Formulas are put in after everything else was cleaned: their elements come from the converter alone.
    """
    formulas: list[str] = []
    mixed = has_right_to_left(tokens)
    direction = (direction_of(tokens) or "auto") if mixed else "auto"
    env = {"markers": context, "formulas": formulas, "mixed": mixed, "key": key, "complete": complete}
    directed = _directed(tokens, direction) if mixed else list(tokens)
    inner = _renderer().renderer.render(directed, _renderer().options, env)
    joined_to = " ph-answer--continues" if continues else ""
    html = _cleaner().clean(f'<div class="ph ph-answer{joined_to}" dir="{direction}">{inner}</div>')
    return _PLACEHOLDER.sub(lambda found: formulas[int(found[1])], html)


def _directed(tokens: Sequence[Token], direction: str) -> list[Token]:
    """The tokens, with the direction of each line of text that has another one than its block."""
    found: list[Token] = []
    for token in tokens:
        own = direction_of([token]) if token.type == "inline" else None
        if own is None or own == direction or not found:
            found.append(token)
        elif found[-1].hidden:
            found += [Token("line_open", "span", 1, meta={"dir": own}), token, Token("line_close", "span", -1)]
        else:
            found[-1] = found[-1].copy(attrs={**found[-1].attrs, "dir": own})
            found.append(token)
    return found


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
        apart = ' dir="ltr"' if env["mixed"] and tokens[idx].info == "auto" else ""
        return fragment(f'<a class="ph-link" href="{{}}" target="_blank" rel="noopener noreferrer"{apart}>', href)

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Code as written, coloured; a complete block of ``math`` is a formula, if it can be read."""
        if env["complete"] and tokens[idx].info.strip().lower() == "math":
            drawn = formula_mathml(tokens[idx].content, display=True)
            if drawn is not None:
                return f"<p>{_put_formula(drawn, env, display=True)}</p>"
        return code_block_html(tokens[idx].content, tokens[idx].info, complete=env["complete"])

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Code in a line, which is read from left to right everywhere."""
        return fragment('<code dir="ltr">{}</code>' if env["mixed"] else "<code>{}</code>", tokens[idx].content)

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Text; quantities are kept together where letters run from right to left."""
        return with_quantities_apart(tokens[idx].content) if env["mixed"] else escape(tokens[idx].content)

    def formula(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A formula, as written if it cannot be read. What stands for it here is replaced after the cleaning."""
        token = tokens[idx]
        drawn = formula_mathml(token.content, display=token.meta["display"])
        if drawn is None:
            return fragment('<code class="ph-formula-written" dir="ltr">{}</code>', token.meta["written"])
        return _put_formula(drawn, env, display=token.meta["display"])

    def formula_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A formula that is a paragraph."""
        return f"<p>{self.formula(tokens, idx, options, env)}{escape(tokens[idx].meta['after'])}</p>"

    def line_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Text of an item that runs the other way than its list."""
        return fragment('<span class="ph-line" dir="{}">', tokens[idx].meta["dir"])

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The box of a task: the only such token there is, since HTML is not read."""
        done = "checked" in tokens[idx].content
        return fragment(
            '<span class="ph-task" role="img" aria-label="{}">{}</span>',
            TASK_DONE if done else TASK_OPEN,
            "\u2611" if done else "\u2610",
        )

    def details_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A folded part, which stays as the reader left it."""
        return fragment('<details class="ph-details" data-ph-keep="{}-{}">', env["key"], idx)

    def summary_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """What is to be seen of a folded part."""
        named = idx + 1 < len(tokens) and tokens[idx + 1].content
        return f"<summary{_direction(tokens[idx])}>{'' if named else escape(DETAILS)}"

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Headings of an answer are below those of the page."""
        return f"<{_heading(tokens[idx])}{_direction(tokens[idx])}>"

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
        return f"<th{_alignment(tokens[idx])}{_direction(tokens[idx])}>"

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A cell."""
        return f"<td{_alignment(tokens[idx])}{_direction(tokens[idx])}>"


def _heading(token: Token) -> str:
    return f"h{min(6, int(token.tag[1:]) + 2)}"


def _put_formula(drawn: str, env: EnvType, *, display: bool) -> str:
    """What stands for a formula until everything else is cleaned."""
    env["formulas"].append(drawn)
    kind = "ph-formula ph-formula--display" if display else "ph-formula"
    return f'<span class="{kind}" dir="ltr"><span class="ph-put-{len(env["formulas"]) - 1}"></span></span>'


def _alignment(token: Token) -> str:
    css_class = _ALIGNMENTS.get(str(token.attrGet("style")))
    return f' class="{css_class}"' if css_class else ""


def _direction(token: Token) -> str:
    direction = token.attrGet("dir")
    return f' dir="{direction}"' if direction in ("ltr", "rtl") else ""


@cache
def _renderer() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "xhtmlOut": False, "breaks": True}, renderer_cls=_Renderer)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return value if all(part == "ph" or part.startswith("ph-") for part in value.split()) else None
    if name == "role":
        return value if value == "img" else None
    if name == "href" and value.startswith("#"):
        return value if value.startswith("#ph-") else None
    return value


@cache
def _cleaner() -> nh3.Cleaner:
    named: Mapping[str, Any] = {
        "*": {"class", "dir"},
        "a": {"href", "target", "title", "data-number"},
        "span": {"title", "data-number", "role", "aria-label"},
        "button": {"type", "data-ph-copy", "aria-label"},
        "details": {"data-ph-keep"},
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
