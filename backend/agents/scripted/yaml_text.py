"""YAML text to YAML nodes: syntax only, with every complaint worded as one sentence with its line.

Plain scalars are read as JSON would read them: numbers, ``true``, ``false`` and ``null``; everything else is
text, so that ``on``, ``12:30`` and ``2026-08-26`` stay what they look like.
"""

import re

import yaml
from yaml.composer import Composer, ComposerError
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from backend.agents.scripted.errors import ScenarioError

MAX_FILE_BYTES = 512 * 1024
"""The largest scenario file that is read."""


class _Resolver(BaseResolver):
    """Which plain scalars are no text."""


_Resolver.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(~|null|)\Z"), ["~", "n", ""])
_Resolver.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)\Z"), list("tf"))
_Resolver.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?(0|[1-9][0-9]*)\Z"), list("-+0123456789"))
_Resolver.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?\Z"),
    list("-+.0123456789"),
)


class _Loader(Reader, Scanner, Parser, Composer, _Resolver):
    """Text to nodes; nothing is constructed from them here."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        _Resolver.__init__(self)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """As the library does it, but without aliases: they can make a small file endless."""
        if self.check_event(yaml.AliasEvent):
            raise ComposerError(None, None, "an alias stands here", self.get_mark())
        return super().compose_node(parent, index)


def compose(content: bytes, file: str) -> yaml.MappingNode:
    """The root mapping of one YAML document. Raises ``ScenarioError``."""
    text = _decoded(content, file)
    loader: _Loader | None = None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ScenarioError(
            file,
            line,
            f"the character U+{ord(text[error.position]):04X} is not allowed; write it as an escape.",
        ) from error
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, file) from error
    except (ValueError, OverflowError) as error:
        # The library lets these through from chr(), for an escape beyond the last code point.
        line = loader.get_mark().line + 1 if loader else 1
        raise ScenarioError(file, line, "an escape here names no character; the last one is \\U0010FFFF.") from error
    except RecursionError as error:
        raise ScenarioError(file, 1, "the lists and mappings are nested too deeply.") from error
    if root is None:
        raise ScenarioError(file, 1, "the file is empty; expected a title, a description and a timeline.")
    if not isinstance(root, yaml.MappingNode):
        raise ScenarioError(file, root.start_mark.line + 1, "expected a mapping that begins with 'title: ...'.")
    return root


def _decoded(content: bytes, file: str) -> str:
    if len(content) > MAX_FILE_BYTES:
        raise ScenarioError(
            file, 1, f"the file has more than {MAX_FILE_BYTES:,} bytes; say with 'repeat' what comes often."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ScenarioError(file, line, "this is not UTF-8 text; save the file as UTF-8.") from error


def _syntax_error(error: yaml.MarkedYAMLError, file: str) -> ScenarioError:
    """What to do about a syntax error. The library's own words stand in where there is no better advice."""
    problem, context = error.problem or "", error.context or ""
    mark = error.problem_mark or error.context_mark
    if "end of stream" in problem and error.context_mark is not None:
        # Where the open quote or bracket stands says more than where the file ends.
        mark = error.context_mark
    line = mark.line + 1 if mark else 1
    for seen, advice in _ADVICE:
        if re.search(seen, f"{context} | {problem}"):
            return ScenarioError(file, line, advice)
    return ScenarioError(file, line, f"this is not valid YAML ({problem or context}).")


_ADVICE = (
    (r"character '\\t'", "there is a tab where YAML wants spaces; indent with spaces."),
    (r"cannot start any token", "a text that begins with this character must stand in quotes."),
    (r"an alias stands here", "a text that begins with '*' must stand in quotes; aliases are not read."),
    (r"mapping values are not allowed", "put text that holds ': ' in quotes, or check the indentation."),
    (r"could not find expected ':'", "expected 'key: value'; check for a missing colon, or a text that needs quotes."),
    (r"another document", "a second document begins here; a file holds one scenario."),
    (r"quoted scalar \| .*(end of stream|document separator)", "the quote that is opened here is never closed."),
    (
        r"flow (sequence|mapping|node) \| ",
        "a bracket is opened here or above that is not closed, or a comma is missing.",
    ),
    (r"expected <block end>", "this does not fit the lines above; check the indentation and the quotes."),
    (r"unknown escape character", "this escape is unknown; in double quotes, write a backslash twice."),
)
