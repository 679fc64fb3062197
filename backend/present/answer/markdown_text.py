"""Markdown tokens as Markdown again, in a subset that is safe wherever it is rendered.

Text for the parser is escaped, so no renderer can read HTML, a picture, a formula, a directive or a link into it;
pictures become their text; links keep only addresses that may be linked.
"""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Final

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from backend.present.answer.formula_markup import formula_mathml
from backend.present.markup import safe_url
from backend.present.words.run import DETAILS

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~$]|!(?=\[)|&(?=#?\w+;)|:(?=[\w\[{:])")
_LINE_START = re.compile(r"^([ \t]*)([#+\-=]|\d+(?=[.)]))", re.MULTILINE)
_BARE_BAR = re.compile(r"(?<!\\)\|")
_BELOW = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_ABOVE = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LINE_BREAK: Final = "\\\n"
_TAG_SIGN = re.compile(r"[<>]")
_BACKTICKS = re.compile(r"`+")


def escape_markdown(text: str) -> str:
    """Text that reads as itself in Markdown."""
    escaped = _SPECIAL.sub(lambda match: "\\" + match[0], text)
    return _LINE_START.sub(_escape_line_start, escaped)


def markdown_link(text: str, url: str | None) -> str:
    """A link, or only its text if the address may not be linked."""
    address = safe_url(url)
    label = escape_markdown(text.replace("\n", " "))
    return f"[{label}]({address.replace('(', '%28').replace(')', '%29')})" if address else label


def markdown_text(tokens: Sequence[Token], cited: Collection[int] = ()) -> str:
    """The blocks of the tokens as safe Markdown, with one blank line between them; a marker is ``[1]`` as text.

    ``cited``: the numbers of the citations, for markers that are in doubt.
    """
    return _blocks(SyntaxTreeNode([_settled(token, cited) for token in tokens]).children)


def _settled(token: Token, cited: Collection[int]) -> Token:
    """The token, with each marker in doubt decided."""
    if token.type == "marker":
        numbers = token.meta["numbers"]
        known = not token.meta["doubtful"] or any(number in cited for number in numbers)
        return token if known else Token("unknown_marker", "", 0, content=token.content, meta=token.meta)
    return token.copy(children=[_settled(child, cited) for child in token.children]) if token.children else token


def _escape_line_start(match: re.Match[str]) -> str:
    sign = match[2]
    # A digit cannot be escaped; escaping the sign after it has the same effect.
    return f"{match[1]}{sign}\\" if sign.isdigit() else f"{match[1]}\\{sign}"


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> str:
    return "\n\n".join(_block(node) for node in nodes)


def _block(node: SyntaxTreeNode) -> str:
    if node.type in ("inline", "plain_inline"):
        # At the end of a block the sign of a line break would be a backslash.
        return _inline(node.children).removesuffix(_LINE_BREAK)
    if node.type == "heading":
        return "#" * int(node.tag[1:]) + " " + _in_one_line(_blocks(node.children))
    if node.type == "fence":
        return _fence(node)
    if node.type == "formula_block":
        return _formula(node) + escape_markdown(node.meta["after"])
    if node.type == "summary":
        text = _blocks(node.children)
        return text if "**" in text else f"**{text or DETAILS}**"
    if node.type == "hr":
        return "---"
    if node.type == "blockquote":
        return "\n".join(f"> {line}".rstrip() for line in _blocks(node.children).split("\n"))
    if node.type in ("bullet_list", "ordered_list"):
        return _list(node)
    if node.type == "table":
        return _table(node)
    return _blocks(node.children)


def _formula(node: SyntaxTreeNode) -> str:
    """The formula between dollar signs, if it can be read; with blanks where its signs would be HTML or a link."""
    display = node.meta["display"]
    if formula_mathml(node.content, display=display) is None:
        return escape_markdown(node.meta["written"])
    tex = " ".join(node.content.split()).replace("](", "] (").replace("`", r"\text{\textasciigrave}")
    tex = _TAG_SIGN.sub(lambda sign: {"<": r"\lt ", ">": r"\gt "}[sign[0]], tex)
    return f"$${tex}$$" if display else f"${tex}$"


def _fence(node: SyntaxTreeNode) -> str:
    longest = max((len(run) for run in _BACKTICKS.findall(node.content)), default=0)
    ticks = "`" * max(3, longest + 1)
    language = re.sub(r"[^\w+#.-]", "", node.info.split(maxsplit=1)[0]) if node.info.strip() else ""
    return f"{ticks}{language}\n{node.content.rstrip(chr(10))}\n{ticks}"


def _list(node: SyntaxTreeNode) -> str:
    ordered = node.type == "ordered_list"
    first = int(node.attrs.get("start", 1))
    items = []
    for index, item in enumerate(node.children):
        sign = f"{first + index}. " if ordered else "- "
        text = _blocks(item.children).replace("\n", "\n" + " " * len(sign))
        items.append((sign + text).rstrip())
    return "\n".join(re.sub(r"\n +\n", "\n\n", item) for item in items)


def _table(node: SyntaxTreeNode) -> str:
    rows = [row for part in node.children for row in part.children]
    lines = []
    for index, row in enumerate(rows):
        cells = [_cell(cell) for cell in row.children]
        lines.append(f"| {' | '.join(cells)} |")
        if index == 0:
            lines.append("|" + "|".join(_alignment(cell) for cell in row.children) + "|")
    return "\n".join(lines)


def _cell(cell: SyntaxTreeNode) -> str:
    """A cell on one line; a bar inside code is escaped here, because a table reads it first."""
    return _BARE_BAR.sub(r"\\|", _in_one_line(_blocks(cell.children)))


def _in_one_line(text: str) -> str:
    return text.replace(_LINE_BREAK, " ").replace("\n", " ")


def _alignment(cell: SyntaxTreeNode) -> str:
    style = str(cell.attrs.get("style", ""))
    return {"text-align:center": ":---:", "text-align:right": "---:"}.get(style, "---")


def _inline(nodes: Sequence[SyntaxTreeNode]) -> str:
    return "".join(_inline_node(node) for node in nodes)


def _inline_node(node: SyntaxTreeNode) -> str:
    if node.type in ("softbreak", "hardbreak"):
        return _LINE_BREAK
    if node.type == "image":
        return escape_markdown(f"[{_plain(node) or 'image'}]")
    if node.type in _LEAVES:
        return _LEAVES[node.type](node)
    inner = _inline(node.children)
    if node.type in ("sub", "sup"):
        return _raised_or_lowered(inner, node.type)
    if node.type == "link":
        address = safe_url(str(node.attrs.get("href", "")))
        return f"[{inner}]({address.replace('(', '%28').replace(')', '%29')})" if address else inner
    sign = {"strong": "**", "em": "*", "s": "~~"}.get(node.type, "")
    return f"{sign}{inner}{sign}"


def _marker(node: SyntaxTreeNode) -> str:
    return "".join(rf"\[{number}\]" for number in node.meta["numbers"])


def _unknown_marker(node: SyntaxTreeNode) -> str:
    address = node.meta["address"]
    listed = ", ".join(map(str, node.meta["numbers"]))
    return markdown_link(listed, address) if address else escape_markdown(node.content)


def _task(node: SyntaxTreeNode) -> str:
    return "\u2611" if "checked" in node.content else "\u2610"


def _raised_or_lowered(inner: str, kind: str) -> str:
    """Text above or below the line by signs of Unicode, where there are some for all of it."""
    plain = inner.replace("\\", "")
    signs = _BELOW if kind == "sub" else _ABOVE
    if all(ord(sign) in signs for sign in plain):
        return plain.translate(signs)
    return f"{'_' if kind == 'sub' else '^'}({inner})"


def _code(content: str) -> str:
    longest = max((len(run) for run in _BACKTICKS.findall(content)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if content[:1] in ("`", " ") or content[-1:] in ("`", " ") else ""
    return f"{ticks}{pad}{content}{pad}{ticks}"


def _plain(node: SyntaxTreeNode) -> str:
    return "".join(child.content if child.type in ("text", "code_inline") else _plain(child) for child in node.children)


_LEAVES: Final[dict[str, Callable[[SyntaxTreeNode], str]]] = {
    "marker": _marker,
    "unknown_marker": _unknown_marker,
    "text": lambda node: escape_markdown(node.content),
    "formula": _formula,
    "html_inline": _task,
    "code_inline": lambda node: _code(node.content),
}
