"""The signs of thinking, and their beginnings."""

import pytest

from backend.protocol.thought_signs import LONGEST_SIGN, may_become_sign, sign_at

SIGNS = {
    "<think>": "opens",
    "<THINK>": "opens",
    "<think duration='3'>": "opens",
    "<seed:think>": "opens",
    "<thinking>": "opens",
    "<reasoning>": "opens",
    "</think>": "closes",
    "</thinking >": "closes",
    "[THINK]": "opens",
    "[/THINK]": "closes",
    "◁think▷": "opens",
    "◁/think▷": "closes",
    "<|begin_of_thought|>": "opens",
    "<|END_THINKING|>": "closes",
    "<|channel|>analysis<|message|>": "opens",
    "<|channel|>commentary to=functions.x <|constrain|>json<|message|>": "opens",
    "<|channel|>final<|message|>": "dropped",
    "<|end|>": "dropped",
    "<|channel>thought": "opens",
    "<unused94>thought": "opens",
    "<unused95>": "closes",
    "<|inner_prefix|>": "opens",
    "<|channel|>analysis to=browser.search<|message|>": "opens",
    "<answer>": "dropped",
    "</final_answer>": "dropped",
    '<details type="reasoning" done="true">': "opens",
    "<details open>\n<summary> Thinking... </summary>": "opens",
}

TEXT = ["<b>", "<thinks>", "<details>", "[think]", "[1]", "< think>", "<br>", "a", "<details><summary>More</summary>"]


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_is_known_and_so_is_each_of_its_beginnings(sign: str) -> None:
    found = sign_at(f"x{sign}y", 1)
    assert found is not None
    assert (found.role, found.start, found.end) == (SIGNS[sign], 1, len(sign) + 1)
    assert [end for end in range(1, len(sign)) if not may_become_sign(sign[:end], 0)] == []


@pytest.mark.parametrize("text", TEXT)
def test_other_text_is_none(text: str) -> None:
    assert sign_at(text, 0) is None


def test_a_beginning_is_not_awaited_for_ever() -> None:
    assert not may_become_sign("<think " + "a" * LONGEST_SIGN, 0)
    assert not may_become_sign("a < b", 2)
