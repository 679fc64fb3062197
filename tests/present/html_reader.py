"""Reads a fragment as HTML and says what in it could act, fetch or point where it must not."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

TAGS = frozenset(
    {
        "a",
        "article",
        "bdi",
        "blockquote",
        "br",
        "button",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
    }
    | {"h5", "h6", "header", "hr", "li", "ol", "p", "pre", "progress", "s", "section", "span", "strong", "summary"}
    | {"table", "tbody", "td", "th", "thead", "tr", "ul", "kbd", "mark", "sub", "sup", "input", "textarea"}
)
MATHML = frozenset(
    {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "mpadded", "mphantom"}
    | {"menclose", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd"}
)
MATHML_ATTRIBUTES = re.compile(
    r"(?:class|accent|accentunder|display|displaystyle|fence|form|stretchy|scriptlevel|columnalign|columnlines|rowlines"
    r"|movablelimits|columnspacing|rowspacing|width|height|depth|lspace|rspace|voffset|minsize|maxsize|linethickness"
    r"|mathvariant|notation)"
)
ATTRIBUTES = frozenset(
    {
        "aria-hidden",
        "aria-label",
        "class",
        "data-number",
        "data-value",
        "data-ph-account",
        "data-ph-announcement",
        "data-ph-comment",
        "data-ph-copy",
        "data-ph-csv",
        "data-ph-elapsed",
        "data-ph-keep",
        "data-count",
        "data-ph-latest",
        "data-ph-on-run",
        "data-ph-returned",
        "data-ph-run",
        "data-ph-sent",
        "data-ph-sent-state",
        "data-ph-share",
        "data-ph-sortable",
        "data-ph-tab",
        "data-ph-turn",
        "data-ph-thumb",
        "data-ph-withdraw",
        "dir",
        "href",
        "type",
        "hidden",
        "id",
        "max",
        "rel",
        "role",
        "rows",
        "scope",
        "start",
    }
    | {"style", "tabindex", "target", "title", "value"}
)
BLOCKS = frozenset({"blockquote", "dd", "div", "dt", "h3", "h4", "h5", "h6", "li", "p", "pre", "td", "th", "tr"})
VOID = frozenset({"br", "hr", "input"})
STYLE = re.compile(r"animation-delay:-\d+ms|width:\d{1,3}%")
HREF = re.compile(r"https?://|mailto:|#ph-|replay\?run=[\w-]+$|\./\?share=[\w-]+$", re.IGNORECASE)


@dataclass
class Fragment(HTMLParser):
    """A fragment read to its end: ``problems`` is empty for a safe and well-nested one, ``text`` is what shows."""

    html: str
    problems: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    classes: set[str] = field(default_factory=set)
    ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._formula_follows = False
        self.feed(self.html)
        self.close()
        self.problems += [f"<{tag}> is not closed" for tag in self._open]

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.texts.append("\n")
        if tag not in TAGS and not (tag in MATHML and (tag == "math" or "math" in self._open)):
            self.problems.append(f"<{tag}>")
        if tag == "math" and not self._formula_follows:
            self.problems.append("a formula that does not come from the converter")
        self._formula_follows = (tag == "span" and ("class", "ph-formula") in attrs) or _is_display(attrs)
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag == "a" and "a" in self._open:
            self.problems.append("a link inside a link")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.problems.append("a comment")

    def handle_decl(self, decl: str) -> None:
        self.problems.append("a declaration")

    def handle_pi(self, data: str) -> None:
        self.problems.append("a processing instruction")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if tag in MATHML:
            if not MATHML_ATTRIBUTES.fullmatch(name) or not re.fullmatch(r"[\w .+%-]{1,80}", value):
                self.problems.append(f"<{tag} {name}={value!r}>")
        elif name not in ATTRIBUTES:
            self.problems.append(f"<{tag} {name}>")
        elif name == "style" and not STYLE.fullmatch(value):
            self.problems.append(f"style {value!r}")
        elif name == "href":
            self.links.append(value)
            if not HREF.match(value):
                self.problems.append(f"href {value!r}")
        elif name == "class":
            self.classes |= set(value.split())
        elif name == "id":
            self.ids.append(value)


def _is_display(attrs: list[tuple[str, str | None]]) -> bool:
    return ("class", "ph-formula ph-formula--display") in attrs


def visible(html: str) -> str:
    """What a reader sees of a fragment, white space collapsed."""
    return " ".join(Fragment(html).text.split())
