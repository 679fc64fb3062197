"""Rules that would have the browser restyle a whole page for a change in it.

Chromium keeps one list of what the rules with ``:has()`` before their last part style. One ``*`` in that list, and each
element that comes or goes restyles all others: 1,000 of them, 60 times a second while a run strip grows.
"""

import re

_LEFT_TO_GROW = "(?:[^()]|[(](?:[^()]|[(](?:[^()]|[(][^()]*[)])*[)])*[)])*"
_HAS = re.compile(rf":has[(]({_LEFT_TO_GROW})[)]")


def selectors_with_has(css: str) -> list[str]:
    """Every selector with ``:has()``."""
    plain = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return [part for text in re.findall(r"([^{};]+)[{]", plain) for part in _parts(text) if ":has(" in part]


def restyles_much(selector: str) -> bool:
    """True for one whose last part could be any element, or that asks for what is not there."""
    last = re.split(r"[ >~+](?!(?:[^()]|[(](?:[^()]|[(][^()]*[)])*[)])*[)])", _HAS.sub("", selector))[-1]
    if re.search("[*>~+]|(?<!,) ", last) or not re.search(r"[#.\[\w]", re.sub(r":not[(][^()]*[)]", "", last)):
        return True
    return any(":not(" in asked or "*" in asked for asked in _HAS.findall(selector))


def asks_the_whole_page(selector: str) -> bool:
    """True for one that looks through all of the page for something: it is answered anew with each piece of an answer.
    The script ``page_facts`` knows what stands on the page."""
    return bool(re.search(r"(?::root|\.stApp|\.stMainBlockContainer)[^ >]*:has[(](?! *>)", selector))


def _parts(text: str) -> list[str]:
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]
