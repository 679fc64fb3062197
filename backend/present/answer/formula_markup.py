"""TeX as MathML, which browsers draw themselves: nothing is loaded, and nothing of it runs.

Only elements and attributes named here are written, each text escaped, whatever the converter returns. A formula that
the converter does not understand completely is None: it is then shown as written, which is better than half of it.
"""

import re
from functools import lru_cache
from html import unescape
from typing import Final
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element
from markupsafe import escape

LONGEST_DRAWN: Final = 2_000
"""Characters of the longest formula that is drawn: the converter needs 40 µs for each."""
_DEEPEST: Final = 40

_ELEMENTS: Final = frozenset(
    {
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "ms",
        "mfrac",
        "msqrt",
        "mroot",
        "mstyle",
        "mpadded",
        "mphantom",
    }
    | {"menclose", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mlabeledtr"}
)
_LENGTH: Final = r"[+-]?\d*\.?\d{1,6}(?:em|ex|pt|px|mu|%)?"
_ATTRIBUTES: Final = {
    name: re.compile(form)
    for form, names in {
        r"true|false": ("accent", "accentunder", "displaystyle", "fence", "movablelimits", "separator", "stretchy"),
        r"block|inline": ("display",),
        r"[+-]?\d": ("scriptlevel",),
        r"prefix|infix|postfix": ("form",),
        r"(?:left|center|right)(?: (?:left|center|right)){0,20}": ("columnalign",),
        r"(?:solid|dashed|none)(?: (?:solid|dashed|none)){0,20}": ("columnlines", "rowlines"),
        rf"{_LENGTH}(?: {_LENGTH}){{0,20}}": (
            *("columnspacing", "rowspacing", "width", "height", "depth", "lspace", "rspace", "voffset"),
            *("minsize", "maxsize", "linethickness"),
        ),
        r"[a-z-]{1,24}": ("mathvariant", "notation"),
    }.items()
    for name in names
}
_ALIASES: Final = (
    (re.compile(r"\\(begin|end)\{(?:aligned|align|alignat\*?|eqnarray\*?|split)\}"), r"\\\1{align*}"),
    (re.compile(r"\\(begin|end)\{(?:gathered|gather\*?|multline\*?)\}"), r"\\\1{matrix}"),
    (re.compile(r"\\(?:begin|end)\{(?:equation|displaymath|math)\*?\}"), ""),
    (re.compile(r"\\(?:nonumber|notag)(?![A-Za-z])|\\label\{[^{}]*\}"), ""),
    (re.compile(r"(?<=\\\\)\[[\d.]+(?:pt|em|ex|mm|cm)\]"), ""),
    (re.compile(r"\\(?:mathop|mathbin|mathrel)(?=\{)"), ""),
    (re.compile(r"\\operatorname\*?\{([A-Za-z]+)\\[,; ]([A-Za-z]+)\}"), r"\\text{\1 \2}"),
    (re.compile(r"\\operatorname\*"), r"\\operatorname"),
)
_UNREADABLE: Final = re.compile(
    r"\\(?:href|url|style|class|cssId|htmlClass|htmlData|htmlId|htmlStyle|includegraphics|def|newcommand|unicode|char|symbol)(?![A-Za-z])"
    r"|\\begin\{(?!(?:align\*|array|cases|dcases|rcases|[bBpvV]?matrix\*?|smallmatrix|substack|subarray)\})"
)
"""What the converter would leave out without a word."""
_LIMITS_BELOW: Final = frozenset("∑∏∐⋃⋂⨁⨂⋁⋀") | {
    "lim",
    "max",
    "min",
    "sup",
    "inf",
    "Pr",
    "arg max",
    "arg min",
    "det",
    "gcd",
}
_UNDER: Final = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_FOLLOWS_NAME: Final = frozenset({"mi", "mn", "mfrac", "msqrt", "mroot", "msub", "msup", "mrow"})
_ROWS: Final = ("math", "mrow", "mtd", "mstyle")
_SHOWS: Final = re.compile(r">[^<>]+<")
_BRACES: Final = re.compile(r"\\.|[{}]", re.DOTALL)


@lru_cache(maxsize=4096)
def formula_mathml(tex: str, *, display: bool) -> str | None:
    """The formula as a ``math`` element, or None if it cannot be read."""
    if len(tex) > LONGEST_DRAWN or not _is_balanced(tex):
        return None
    plain = tex
    for form, replacement in _ALIASES:
        plain = form.sub(replacement, plain)
    if _UNREADABLE.search(plain):
        return None
    try:
        root = convert_to_element(plain.strip(), display="block" if display else "inline")
    except Exception:  # noqa: BLE001 - the converter raises errors of many kinds on text that is not TeX
        return None
    written = _written(root, 0, display=display)
    return written if written is not None and _SHOWS.search(written) else None


def _is_balanced(tex: str) -> bool:
    depth = 0
    for sign in _BRACES.finditer(tex):
        depth += {"{": 1, "}": -1}.get(sign[0], 0)
        if not 0 <= depth <= _DEEPEST:
            return False
    return depth == 0


def _written(element: Element, depth: int, *, display: bool) -> str | None:
    """The element as MathML; None if something in it is not known."""
    raw = element.text or ""
    if element.tag not in _ELEMENTS or depth > 3 * _DEEPEST or raw.startswith("\\") or raw == "&":
        return None
    children = list(element)
    parts = [_written(child, depth + 1, display=display) for child in children]
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    tag = _UNDER.get(element.tag, element.tag) if display and _has_limits(children) else element.tag
    inner = "".join(_spaced(children, known) if tag in _ROWS else known)
    return f"<{tag}{_attributes(element)}>{escape(unescape(raw))}{inner}</{tag}>"


def _attributes(element: Element) -> str:
    # Browsers align the cells of a formula by style alone.
    aligned = element.attrib.get("columnalign") if element.tag == "mtd" else None
    return (f' class="ph-math-{aligned}"' if aligned in ("left", "right") else "") + "".join(
        f' {name}="{value}"'
        for name, value in sorted(element.attrib.items())
        if name in _ATTRIBUTES and _ATTRIBUTES[name].fullmatch(value)
    )


def _spaced(children: list[Element], parts: list[str]) -> list[str]:
    """The parts of a row, with a thin space between a function's name and what it is applied to."""
    tags = [*(child.tag for child in children[1:]), ""]
    return [
        part + '<mspace width="0.17em"></mspace>' if _is_name(child) and following in _FOLLOWS_NAME else part
        for part, child, following in zip(parts, children, tags, strict=False)
    ]


def _has_limits(children: list[Element]) -> bool:
    return bool(children) and unescape(children[0].text or "").replace("\u2009", " ") in _LIMITS_BELOW


def _is_name(element: Element) -> bool:
    """Whether it is a function's name, such as log, which needs a blank before what it is applied to."""
    return element.tag in ("mi", "mo") and len(element.text or "") > 1 and (element.text or "").isalpha()
