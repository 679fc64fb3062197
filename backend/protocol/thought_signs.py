r"""The signs by which models write what they think into their answer: the one table, for every dialect and agent.

====================================================  =============================================================
as written                                            is
====================================================  =============================================================
``<think>…</think>``, ``<thinking>…</thinking>``      thinking; also ``thought``, ``reasoning``, ``reflection``,
                                                      ``scratchpad``, and ``<seed:think>`` and its like
``…</think>``, with no sign before it                 all text before it is thinking: the prompt had the opening
``[THINK]…[/THINK]``, ``◁think▷…◁/think▷``            thinking
``<|begin_of_thought|>…<|end_of_thought|>``           thinking; the signs around the solution are dropped
``<|START_THINKING|>…<|END_THINKING|>``               thinking; the signs around the response are dropped
``<|channel|>analysis<|message|>…<|end|>``            thinking; the signs around other channels are dropped
``<|channel>thought…<channel|>``                      thinking
``<unused94>thought…<unused95>``                      thinking
``<|inner_prefix|>…<|inner_suffix|>``                 thinking
``<think>…</think><answer>…</answer>``                the signs of ``answer``, ``final_answer`` and ``response`` are
                                                      dropped beside signs of thinking
``<details type="reasoning">…</details>``             thinking; also with a summary that says so
``analysisWe need…assistantfinal``                    thinking, at the start: channels whose signs were dropped
```` `<think>` ````, and inside a code block          text: code
``R1 writes <think> before it answers``               text: mentioned in the middle of a sentence
====================================================  =============================================================
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

LONGEST_SIGN: Final = 400
"""Characters of the longest sign, attributes and summary included."""

Role = Literal["opens", "closes", "dropped"]

_NAMES = r"(?:[a-z]{1,12}[:_])?think|thinking|antthinking|thoughts?|reasoning|reflection|scratchpad"
_ANSWER_NAMES = "answer|final_answer|response"
_ATTRIBUTES = r"(?:\s[^<>\n]{0,200})?"
_SUMMARY = r"<summary>\s{0,20}(?:think|thought|reason)[^<\n]{0,80}</summary>"
_SIGN = re.compile(
    rf"<(?P<tag>{_NAMES}){_ATTRIBUTES}>"
    rf"|</(?P<close>{_NAMES})\s{{0,5}}>"
    rf"|<(?P<details>details)(?:{_ATTRIBUTES}>\s{{0,20}}{_SUMMARY}|\s(?=[^<>\n]{{0,200}}type=\"reasoning\")[^<>\n]{{0,200}}>)"
    r"|\[(?P<bracket>(?-i:THINK))\]|\[/(?P<unbracket>(?-i:THINK))\]"
    r"|◁(?P<wide>think)▷|◁/(?P<unwide>think)▷"
    r"|<\|(?P<thought>begin_of_thought|start_thinking|inner_prefix)\|>"
    r"|<\|(?P<unthought>end_of_thought|end_thinking|inner_suffix)\|>"
    r"|<\|channel\|>(?P<channel>analysis|(?:analysis|commentary)\s{1,3}to=[^<\n]{1,120}?)\s?"
    r"(?:<\|constrain\|>[^<\n]{0,40})?<\|message\|>"
    r"|<\|channel>(?P<gemma>thought)|(?P<ungemma><channel\|>)"
    r"|<unused94>(?P<unused>thought)|(?P<ununused><unused95>)"
    r"|(?P<dropped><\|(?:begin_of_solution|end_of_solution|start_response|end_response)\|>"
    r"|<\|channel\|>(?:final|commentary)\s?(?:<\|constrain\|>[^<\n]{0,40})?<\|message\|>"
    r"|<\|start\|>assistant(?=<\|)|<\|(?:end|return|call)\|>"
    rf"|</?(?:{_ANSWER_NAMES})>)",
    re.IGNORECASE,
)
_STARTS: Final = re.compile(r"[<\[◁]")
_BARE_OPENING = re.compile(r"analysis(?=[A-Z])")
_BARE: Final = "assistantfinal"

_CLOSINGS: Final = {
    "details": "</details>",
    "bracket": "[/think]",
    "wide": "◁/think▷",
    "gemma": "<channel|>",
    "unused": "<unused95>",
}
_THOUGHT_CLOSINGS: Final = {
    "begin_of_thought": "<|end_of_thought|>",
    "start_thinking": "<|end_thinking|>",
    "inner_prefix": "<|inner_suffix|>",
}
_LITERALS: Final = (
    "[think]", "[/think]", "◁think▷", "◁/think▷", "<|begin_of_thought|>", "<|end_of_thought|>", "<|start_thinking|>",
    "<|end_thinking|>", "<|channel>thought", "<channel|>", "<|begin_of_solution|>", "<|end_of_solution|>",
    "<|start_response|>", "<|end_response|>", "<|channel|>", "<|start|>assistant<|", "<|end|>", "<|return|>",
    "<|call|>", "</details>", "<unused94>thought", "<unused95>", "<|inner_prefix|>", "<|inner_suffix|>",
    *(f"<{slash}{name}>" for name in _ANSWER_NAMES.split("|") for slash in ("", "/")),
)  # fmt: skip
_HALF_TAG = re.compile(rf"</?(?:[a-z]{{0,12}}|[a-z]{{1,12}}[:_][a-z]{{0,5}}|(?:{_NAMES}|details)\s[^<>\n]{{0,200}})\Z")
_CLOSING_TAG = re.compile(rf"</({_NAMES}|details)\s{{0,5}}>", re.IGNORECASE)
_HALF_CLOSING = re.compile(rf"</(?:[a-z]{{0,12}}|[a-z]{{1,12}}[:_][a-z]{{0,5}}|(?:{_NAMES}|details)\s{{0,5}})\Z")
_HALF_SUMMARY = re.compile(
    rf"<details{_ATTRIBUTES}>\s{{0,20}}(?P<rest>(?:<[a-z]{{0,7}}|<summary>[^<\n]{{0,100}}(?:</?[a-z]{{0,7}})?)?)\Z"
)
_HALF_CHANNEL = re.compile(r"<\|channel\|>[^<\n]{0,160}(?:<\|constrain\|>[^<\n]{0,40})?(?P<rest><[a-z|]{0,13})?\Z")


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign in a text. ``closing`` is what closes it, in lower case, where it opens; positions are code points and
    ``end`` is exclusive."""

    role: Role
    start: int
    end: int
    closing: str = ""


def sign_at(text: str, start: int) -> Sign | None:
    """The sign that stands at ``start``, or None."""
    found = _SIGN.match(text, start)
    if found is None:
        return None
    kind = found.lastgroup or ""
    if kind == "dropped":
        return Sign("dropped", start, found.end())
    if kind in ("close", "unbracket", "unwide", "unthought", "ungemma", "ununused"):
        return Sign("closes", start, found.end())
    return Sign("opens", start, found.end(), _closing(kind, found[kind].lower()))


def closing_end(text: str, start: int, closing: str) -> int:
    """Where the sign at ``start`` ends that closes what ``closing`` closes; -1 if there is none.

    A model that opens ``<thinking>`` may write ``</think>``, or a blank in it.
    """
    if text.startswith(closing, start):
        return start + len(closing)
    if not closing.startswith("</"):
        found = text[start : start + len(closing)].lower() == closing
        return start + len(closing) if found else -1
    tag = _CLOSING_TAG.match(text, start)
    return tag.end() if tag is not None and _stem(tag[1].lower()) == _stem(closing[2:-1]) else -1


def may_become_closing(text: str, start: int, closing: str) -> bool:
    """Whether what stands at ``start`` could still become such a sign by what follows the text."""
    rest = text[start : start + LONGEST_SIGN].lower()
    if closing.startswith(rest):
        return True
    return closing.startswith("</") and _HALF_CLOSING.match(rest) is not None


def _stem(name: str) -> str:
    return "think" if name in ("think", "thinking", "thought", "thoughts") else name


def bare_opening(text: str) -> Sign | None:
    """The name of a channel whose signs were dropped, at the start of an answer."""
    found = _BARE_OPENING.match(text)
    return Sign("opens", 0, found.end(), _BARE) if found else None


def may_become_bare(text: str) -> bool:
    """Whether the start of an answer could still become such a name."""
    return "analysis".startswith(text)


def next_start(text: str, position: int) -> int:
    """Where the next character is that could begin a sign; the length of the text if there is none."""
    found = _STARTS.search(text, position)
    return found.start() if found else len(text)


def may_become_sign(text: str, start: int) -> bool:
    """Whether what stands at ``start`` could still become a sign, or a longer one, by what follows the text."""
    if len(text) - start > LONGEST_SIGN:
        return False
    rest = text[start:].lower()
    if any(literal.startswith(rest) and literal != rest for literal in _LITERALS):
        return True
    if _HALF_TAG.match(rest) or _HALF_SUMMARY.match(rest):
        return True
    channel = _HALF_CHANNEL.match(rest)
    return channel is not None and "<|constrain|>|<|message|>".find(channel["rest"] or "<") >= 0


def _closing(kind: str, name: str) -> str:
    if kind == "tag":
        return f"</{name}>"
    if kind == "thought":
        return _THOUGHT_CLOSINGS[name]
    if kind == "channel":
        return "<|end|>" if name == "analysis" else "<|call|>"
    return _CLOSINGS[kind].lower()
