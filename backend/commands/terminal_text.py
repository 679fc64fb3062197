"""Text and Markdown on a terminal: nothing an agent sends may steer it, and an answer is printed as it settles."""

from collections.abc import Iterable, Sequence

from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown
from rich.segment import Segment
from rich.theme import Theme

from backend.present.answer.markdown_blocks import MarkdownBlock, growing_blocks, parse_blocks
from backend.present.answer.partial_markdown import visible_text, without_open_formula
from backend.present.words.printable import printable

ROLE_STYLES = {
    "accent": "cyan",
    "good": "green",
    "caution": "yellow",
    "bad": "red",
    "waiting": "magenta",
    "muted": "dim",
}
"""The terminal's own colours for the roles of ``present.palette``: they fit its background, whichever it is."""

THEME = Theme(
    {
        **ROLE_STYLES,
        "heading": "bold",
        "markdown.marker": "bold cyan",
        "markdown.pending": "dim",
        "markdown.h1": "bold underline",
        "markdown.h2": "bold underline",
        "markdown.h3": "bold",
        "markdown.code": "bold",
        "markdown.table.border": "dim",
        "markdown.table.header": "bold",
    }
)


class AnswerBlocks:
    """Blocks of an answer one below the other, each followed by one empty line, whatever it is."""

    def __init__(self, blocks: Iterable[MarkdownBlock], resolved: frozenset[int]) -> None:
        """``resolved``: numbers of the citations that have come; other markers are drawn muted."""
        self._blocks = [_BlockMarkdown(block, resolved) for block in blocks]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for block in self._blocks:
            lines = console.render_lines(block, options, pad=False)
            filled = [index for index, line in enumerate(lines) if any(part.text.strip() for part in line)]
            for line in lines[filled[0] : filled[-1] + 1] if filled else ():
                yield from line
                yield Segment.line()
            yield Segment.line()


class _BlockMarkdown(Markdown):
    """A block as Rich draws Markdown, from tokens already parsed, with markers in their own style."""

    inlines = {*Markdown.inlines, "marker", "pending"}  # noqa: RUF012 - the base class has it as a plain set

    def __init__(self, block: MarkdownBlock, resolved: frozenset[int]) -> None:
        super().__init__("", code_theme="ansi_dark", hyperlinks=False)
        self.parsed = [_drawable(token, resolved) for token in block.tokens]


def _drawable(token: Token, resolved: frozenset[int]) -> Token:
    """The token as Rich can draw it: pictures by their text, markers as an inline style."""
    if token.type == "image":
        return Token("text", "", 0, content=token.content)
    if token.type == "html_inline":
        return Token("text", "", 0, content="\u2611" if "checked" in token.content else "\u2610")
    if token.type == "formula":
        return Token("text", "", 0, content=token.meta["written"])
    if token.type == "formula_block":
        text = Token("text", "", 0, content=token.meta["written"] + token.meta["after"])
        return Token("inline", "", 0, content=text.content, children=[text])
    if token.type == "marker":
        known = all(number in resolved for number in token.meta["numbers"])
        if token.meta["doubtful"] and not any(number in resolved for number in token.meta["numbers"]):
            return Token("text", "", 0, content=token.content)
        return Token("marker", "marker" if known else "pending", 0, content=token.content)
    if token.children:
        return token.copy(children=[_drawable(child, resolved) for child in token.children])
    return token


class SettlingAnswer:
    """An answer that grows: blocks that are settled are handed out once, the rest is what still grows."""

    def __init__(self) -> None:
        self._settled = ""
        self._lead = ""
        self.growing: Sequence[MarkdownBlock] = ()
        self.rewritten = False
        """Whether the text handed out before was replaced by another one (a snapshot of an interrupted log)."""

    def advance(self, answer: str, *, whole: bool) -> list[MarkdownBlock]:
        """The blocks that settled since the last call; ``whole``: nothing more will come."""
        text = printable(answer)
        shown = text if whole else visible_text(text)
        self.rewritten = not shown.startswith(self._settled)
        if self.rewritten:
            self._settled, self._lead = "", ""
        if not whole:
            settled = len(self._settled)
            shown = shown[:settled] + without_open_formula(self._lead + shown[settled:])[len(self._lead) :]
        rest = shown[len(self._settled) :]
        tail = self._lead + rest
        if whole:
            self._settled, self._lead, self.growing = shown, "", ()
            return parse_blocks(tail) if rest else []
        complete = parse_blocks(tail[: tail.rfind("\n") + 1])
        if len(complete) > 1:
            last = complete[-1]
            self._settled += tail[len(self._lead) : last.start]
            self._lead = last.lead
            tail = last.lead + tail[last.start :]
        self.growing = growing_blocks(tail)
        return complete[:-1]
