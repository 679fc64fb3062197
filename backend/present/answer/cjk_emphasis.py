"""Emphasis next to Chinese, Japanese and Korean text.

CommonMark decides by blanks and punctuation whether ``**`` may open or close, and these scripts have no blanks between
words: in ``**注意：**请看`` it finds no end. Here a sign of these scripts counts as a blank beside ``*``, and as a
letter where punctuation would forbid it. The rule is that of the "CJK-friendly emphasis" amendment to CommonMark; the
plugin that exists for it needs an older parser and changes it for the whole process.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline.state_inline import Scanned, StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

_CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u2fff\u3000-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003fffd]"
)


class _State(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - the names are markdown-it's
        scanned = super().scanDelims(start, canSplitWord)
        end = start + scanned.length
        before, after = self.src[start - 1 : start] if start else " ", self.src[end : end + 1] or " "
        if (scanned.can_open and scanned.can_close) or not (_CJK.match(before) or _CJK.match(after)):
            return scanned
        opens, closes = _can_stand_before(after, before), _can_stand_before(before, after)
        if not canSplitWord:
            opens, closes = (
                opens and (not closes or _is_punctuation(before)),
                closes and (not opens or _is_punctuation(after)),
            )
        return Scanned(opens, closes, scanned.length)


def _can_stand_before(inner: str, outer: str) -> bool:
    """Whether a sign of emphasis may stand between what it encloses and what is outside."""
    if _is_blank(inner):
        return False
    return not _is_sign(inner) or _is_blank(outer) or _is_punctuation(outer)


class _Inline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def cjk_emphasis_plugin(parser: MarkdownIt) -> None:
    """Let a parser that has no other inline rules yet read emphasis next to these scripts."""
    names = parser.inline.ruler.get_active_rules()
    after = parser.inline.ruler2.get_active_rules()
    parser.inline = _Inline()
    parser.inline.ruler.enableOnly(names)
    parser.inline.ruler2.enableOnly(after)


def _is_blank(sign: str) -> bool:
    return isWhiteSpace(ord(sign))


def _is_sign(sign: str) -> bool:
    """Punctuation that may forbid emphasis."""
    return not _CJK.match(sign) and (isMdAsciiPunct(ord(sign)) or isPunctChar(sign))


def _is_punctuation(sign: str) -> bool:
    """Punctuation, or a sign of these scripts, that may allow emphasis."""
    return bool(_CJK.match(sign)) or isMdAsciiPunct(ord(sign)) or isPunctChar(sign)
