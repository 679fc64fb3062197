"""A block of code: coloured by Pygments on the server, with a button that copies it.

Only a complete block is coloured, so that nothing changes its colour while it is written. What a language's rules could
take long for stays plain: very long code, and very long lines. Diagrams such as Mermaid's are shown as code.
"""

from functools import lru_cache
from typing import Final

from markupsafe import Markup
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Literal, Name, Number, Operator, String, _TokenType
from pygments.util import ClassNotFound

from backend.present.markup import EMPTY, fragment, joined
from backend.present.words.run import COPY_CODE, shortened

MOST_COLOURED: Final = 30_000
"""Characters of the longest code that is coloured."""
LONGEST_LINE: Final = 1_000
"""Characters of the longest line of code that is coloured."""

_KINDS: Final = (
    (Comment, "comment"),
    (Keyword.Constant, "number"),
    (Operator.Word, "keyword"),
    (Keyword, "keyword"),
    (String, "string"),
    (Number, "number"),
    (Literal, "number"),
    (Name.Function, "name"),
    (Name.Class, "name"),
    (Name.Tag, "keyword"),
    (Name.Attribute, "name"),
    (Name.Decorator, "name"),
    (Name.Builtin, "name"),
    (Generic.Deleted, "deleted"),
    (Generic.Inserted, "string"),
    (Generic.Heading, "name"),
    (Generic.Subheading, "name"),
)
_LANGUAGES: Final = frozenset(
    [
        *("bash", "bat", "c", "c#", "c++", "console", "cpp", "csharp", "css", "diff", "docker", "dockerfile"),
        *("elixir", "erlang", "go", "golang", "graphql", "groovy", "haskell", "html", "http", "ini", "java"),
        *("javascript", "js", "json", "json5", "jsx", "julia", "kotlin", "latex", "lua", "makefile", "matlab"),
        *("nginx", "objective-c", "ocaml", "perl", "php", "powershell", "ps1", "protobuf", "py", "pycon"),
        *("python", "python3", "r", "rb", "ruby", "rs", "rust", "scala", "scss", "sh", "shell", "sql", "svelte"),
        *("swift", "terraform", "tex", "toml", "ts", "tsx", "typescript", "vim", "vue", "xml", "yaml", "yml"),
        *("zig", "zsh"),
    ]
)
"""The languages that are coloured: those that answers contain, whose rules take time in proportion to the code."""


def code_block_html(code: str, info: str, *, complete: bool) -> Markup:
    """The code of a fence with its language as a label, and a button to copy it. ``complete``: the fence is closed."""
    word = info.split(maxsplit=1)[0] if info.strip() else ""
    language = word.strip("{}.").lower()
    label = fragment('<span class="ph-code-language">{}</span>', shortened(word, 24)) if word else EMPTY
    shown = _coloured(code, language) if complete else None
    return fragment(
        '<div class="ph-code-block">{}<button type="button" class="ph-code-copy" data-ph-copy="" aria-label="{}">'
        '</button><pre class="ph-code" dir="ltr" tabindex="0"><code>{}</code></pre></div>',
        label,
        COPY_CODE,
        code if shown is None else shown,
    )


@lru_cache(maxsize=512)
def _coloured(code: str, language: str) -> Markup | None:
    """The code as spans with classes; None if it stays plain."""
    if language not in _LANGUAGES or len(code) > MOST_COLOURED:
        return None
    if max(map(len, code.split("\n"))) > LONGEST_LINE:
        return None
    lexer = _lexer(language)
    if lexer is None:
        return None
    parts: list[tuple[str, str]] = []
    for _, token, text in lexer.get_tokens_unprocessed(code):
        kind = _kind(token)
        if parts and parts[-1][0] == kind:
            parts[-1] = kind, parts[-1][1] + text
        else:
            parts.append((kind, text))
    if "".join(text for _, text in parts) != code:
        return None
    return joined(
        fragment('<span class="ph-code-{}">{}</span>', kind, text) if kind else fragment("{}", text)
        for kind, text in parts
    )


def _kind(token: _TokenType) -> str:
    """The class of a token: Pygments' ``in`` asks whether it is of that kind."""
    return next((kind for known, kind in _KINDS if known.__contains__(token)), "")


@lru_cache(maxsize=128)
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
