"""Thinking inside a text: found wherever the text is cut, and never in code."""

import pytest
from hypothesis import given, strategies as st

from backend.protocol.thought_split import ThoughtSplit

CASES = [
    ("<think>\nhm [1]\n</think>\n\nIt is 4.", "\n\nIt is 4.", "\nhm [1]\n"),
    ("Sure. <think>hm</think>Here", "Sure. Here", "hm"),
    ("<thinking>a</thinking><think>b</think>c", "c", "ab"),
    ("<think>a `</think>` b</think>c", "c", "a `</think>` b"),
    ("<think>never closed", "", "never closed"),
    ("[THINK]a[/THINK]b", "b", "a"),
    ("analysisWe need to. assistantfinalHello", "Hello", "We need to. "),
    ("<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>", "b", "a"),
    ("<|start|>assistant<|channel|>analysis<|message|>a<|end|>b", "b", "a"),
    ("<thinking>a</think>b", "b", "a"),
    ("<think>a</think >b", "b", "a"),
    ("<thinking>a<reflection>b</reflection>c</thinking>d", "d", "a<reflection>b</reflection>c"),
    ("<think>a</think><answer>b</answer>", "b", "a"),
    ("<think>a</think>Put it in <answer> tags. `<answer>`", "Put it in <answer> tags. `<answer>`", "a"),
    ("<answer>b</answer>", "<answer>b</answer>", ""),
    ("<unused94>thought\na<unused95>b", "b", "\na"),
    ("Use `<think>` and ``<think>``", "Use `<think>` and ``<think>``", ""),
    ("```xml\n<think>a</think>\n```\nb", "```xml\n<think>a</think>\n```\nb", ""),
    ("- ~~~~\n  <think>\n  ~~~~\n<think>a</think>b", "- ~~~~\n  <think>\n  ~~~~\nb", "a"),
    ("```<think>``` is a tag", "```<think>``` is a tag", ""),
    ("R1 uses <think> tags, and </think>.", "R1 uses <think> tags, and </think>.", ""),
    ("analysis of the year", "analysis of the year", ""),
    ("a < b, [1] and <b>c</b>", "a < b, [1] and <b>c</b>", ""),
]

ALPHABET = st.sampled_from(
    ["<", "</", "think", ">", "`", "```", "\n", " ", "a", ".", "[THINK]", "<think>", "</think>", "<|end|>", "~~~", "A",
     "<details>", "<summary>", "analysis", "◁", "<|channel|>", "final", "<|message|>",
     "</thinking", "<answer>", "</answer", "<thinking>", "<|start|>assistant"]
)  # fmt: skip
TEXTS = st.lists(ALPHABET, max_size=30).map("".join)


def split(pieces: list[str], *, opened: bool = False) -> tuple[list[tuple[str, str]], str]:
    """The parts with neighbours of one kind joined, and all text that was put in."""
    splitter = ThoughtSplit(opened=opened)
    parts = [part for piece in pieces for part in splitter.add(piece)] + splitter.end()
    joined: list[tuple[str, str]] = []
    for part in parts:
        if joined and joined[-1][0] == part.kind != "sign":
            joined[-1] = (part.kind, joined[-1][1] + part.text)
        else:
            joined.append((part.kind, part.text))
    return joined, "".join(part.text for part in parts)


@pytest.mark.parametrize(("written", "text", "thought"), CASES)
def test_what_is_thought_and_what_is_said(written: str, text: str, thought: str) -> None:
    parts, _ = split([written])
    assert "".join(part for kind, part in parts if kind == "text") == text
    assert "".join(part for kind, part in parts if kind == "thought") == thought


def test_a_closing_sign_alone_says_that_the_text_before_it_was_thinking() -> None:
    assert split(["Okay.\n</think>\n\nFour."])[0] == [
        ("text", "Okay.\n"), ("unopened", "</think>"), ("text", "\n\nFour."),
    ]  # fmt: skip
    assert split(["Okay.\n</think>\n\nFour."], opened=True)[0] == [
        ("assumed", "Okay.\n"), ("sign", "</think>"), ("text", "\n\nFour."),
    ]  # fmt: skip
    assert split(["\n<think>Okay</think>Four"], opened=True)[0] == [
        ("assumed", "\n"), ("sign", "<think>"), ("thought", "Okay"), ("sign", "</think>"), ("text", "Four"),
    ]  # fmt: skip


@given(TEXTS, st.lists(st.integers(1, 6), min_size=1), st.booleans())
def test_the_parts_are_the_same_wherever_the_text_is_cut(text: str, sizes: list[int], opened: bool) -> None:
    pieces: list[str] = []
    at = 0
    while at < len(text):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(text[at : at + size])
        at += size
    assert split(pieces, opened=opened) == split([text], opened=opened)
    assert split(pieces, opened=opened)[1] == text
