"""The strings of the product's code, as a reader may see them."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("backend", "evals", "ui_gradio", "ui_streamlit")
GAP = "…"
"""What stands for a value that is put into an f-string."""


def product_files(repository: Path) -> list[Path]:
    """The Python files of the four packages."""
    return sorted(path for package in PACKAGES for path in (repository / package).rglob("*.py"))


def strings_of(source: str) -> Iterator[tuple[int, str]]:
    """Each string of the source with its line, an f-string as one with ``GAP`` for its values; no docstrings."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else GAP for part in node.values]
            yield node.lineno, "".join(map(str, parts))
            pending.extend(part.value for part in node.values if isinstance(part, ast.FormattedValue))
        else:
            pending.extend(ast.iter_child_nodes(node))
