"""Several texts of one answer are separate paragraphs: the one rule, for every dialect and agent.

A text ends where a tool is called, where another message begins, or where the stream says that another block does.
===============================================  ===================================================================
what meets there                                 is
===============================================  ===================================================================
``Let me look.`` tool ``## Result``              two paragraphs
``Let me look.`` tool `` It is 42.``             two paragraphs
``The answer is`` tool `` 42.``                  one sentence, which continues: a blank, and no end of a sentence
``We found`` tool ``, then``, ``that it is``     one sentence: it continues with a small letter or its punctuation
``One.`` block ``- two``                         two paragraphs
``The sky is blue.`` block `` Grass is green``   one paragraph: a citation's block ends there, and its blank is kept
``The sky is`` block ``blue``                    one paragraph
``It says **Stop.`` block ``** Now``             one paragraph: its emphasis is ended there
===============================================  ===================================================================

A block that follows directly upon another may be the middle of a sentence: some providers begin one for each citation.
"""

import re
from typing import Final

TAIL: Final = 200
"""Characters before the place that decide."""

_BLANKS: Final = " \t\r"
_CLOSERS: Final = "*_`)]}\"'”’»）」』】"
_ENDS: Final = ".!?…:;。！？：；|>"
_MARKS: Final = "*_`"
_CONTINUES: Final = ",.;:!?)]}%…、，。；：！？）」』”’"


def paragraph_break(before: str, after: str, *, apart: bool) -> str:
    """The line ends that are missing between two texts of an answer.

    ``before``: the last ``TAIL`` characters of the first text; ``after``: the second one up to its first character that
    is not a space. ``apart``: something was between them, or they are of two messages.
    """
    said_after = after.lstrip()
    head, space = said_after[:1], after[: len(after) - len(said_after)]
    bare = before.rstrip(_BLANKS)
    ends = len(bare) - len(bare.rstrip("\n")) + space.count("\n")
    has_blank = ends > 0 or len(bare) < len(before) or space != ""
    said = before.rstrip()
    closes = said.rstrip(_CLOSERS)[-1:] in _ENDS if said.rstrip(_CLOSERS) else bool(said)
    if not said or not head:
        return ""
    if not apart:
        return "\n\n" if closes and not has_blank and not _continues(head, bare) else ""
    if not closes and ends == 0 and (has_blank or _continues(head)):
        return ""
    return "\n" * max(0, 2 - ends)


def _is_open(before: str, mark: str) -> bool:
    """Whether emphasis or code was begun with that sign in the last paragraph, and not ended."""
    paragraph = before[before.rfind("\n\n") + 1 :]
    return len(re.findall(f"{re.escape(mark)}+", paragraph)) % 2 == 1


def _continues(head: str, before: str = "") -> bool:
    return head.islower() or head in _CONTINUES or (head in _MARKS and _is_open(before, head))
