"""Functions that have too many ways through them: part of ``make lint``.

Radon counts branches, loops, comprehensions and every ``and`` and ``or``, which ruff's McCabe (C901) leaves out: dense
expressions are as hard to follow as nested branches.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from radon.complexity import cc_visit
from radon.visitors import Class, Function

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("backend", "evals", "ui_gradio", "ui_streamlit")

MOST = 15
"""The highest cyclomatic complexity of a function."""


def functions(blocks: Iterable[Function | Class], within: str = "") -> Iterator[tuple[str, Function]]:
    """Every function of the blocks under its qualified name, methods and inner functions too."""
    for block in blocks:
        name = f"{within}{block.name}"
        if isinstance(block, Class):
            yield from functions([*block.methods, *block.inner_classes], f"{name}.")
        else:
            yield name, block
            yield from functions(block.closures, f"{name}.")


def outermost(source: str) -> list[Function | Class]:
    """The functions and classes of a module; Radon lists their methods beside them."""
    return [block for block in cc_visit(source) if isinstance(block, Class) or not block.is_method]


def complexities(root: Path) -> dict[str, int]:
    """The complexity of every function of the product, by ``module:qualified name``; of several with one name the
    highest."""
    found: dict[str, int] = {}
    for path in sorted(path for package in PACKAGES for path in (root / package).rglob("*.py")):
        module = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        for name, function in functions(outermost(path.read_text(encoding="utf-8"))):
            known = f"{module}:{name}"
            found[known] = max(found.get(known, 0), function.complexity)
    return found


def complaints(found: dict[str, int]) -> list[str]:
    """One sentence for each function above ``MOST``."""
    return [
        f"{name} has a complexity of {complexity}, at most {MOST} is allowed: take a part of it out."
        for name, complexity in sorted(found.items())
        if complexity > MOST
    ]


def main() -> int:
    """Print what is wrong; the exit code is 1 if anything is."""
    wrong = complaints(complexities(ROOT))
    for sentence in wrong:
        sys.stderr.write(f"{sentence}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
