"""What a UI's files may not contain, read off their syntax trees: a decision that belongs to the desk or to present.

A UI lays out widgets, ties them to the desk and draws what it gives. An error that is caught, a sentence, a limit or a
pause in a UI would be written a second time in the other one, and the two would drift apart.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

UIS = ("ui_gradio", "ui_streamlit")
COMPOSITION = {"ui_streamlit/visit.py"}
"""The files in which a UI is put together; Gradio's needs the desk alone."""

CLIENT_ERRORS = {"ClientError", "BackendGone", "ProblemError", "StreamLost"}
LONGEST_TEXT = 2
"""Words in a literal; from three on it is a sentence, which belongs to ``backend.present.words``."""

WORD = re.compile(r"[(\"]?[A-Za-z]+(?:['’-][a-z]+)?[.,:;?!)\"]*")
"""A part of a text that people read; names of classes in a stylesheet have figures, signs or several hyphens."""

PIXELS = "_PX"
"""What the name of a number ends with that is a size on the screen, the one kind of number a UI decides."""


def source_files() -> list[str]:
    root = Path(__file__).resolve().parent.parent
    return sorted(str(path.relative_to(root)) for ui in UIS for path in (root / ui).rglob("*.py"))


def findings(path: str, tree: ast.Module) -> list[str]:
    """Every sentence that says what is wrong in a file, with its line."""
    found = [*caught_client_errors(tree), *long_texts(tree), *number_constants(tree)]
    return found if path in COMPOSITION else [*found, *client_imports(tree)]


def caught_client_errors(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            names = {getattr(part, "id", getattr(part, "attr", "")) for part in ast.walk(node.type)}
            for name in sorted(names & CLIENT_ERRORS):
                yield f"{node.lineno}: catches {name}"


def long_texts(tree: ast.Module) -> Iterator[str]:
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            shown = re.sub(r"<[^>]*(?:>|$)", " ", node.value)
            if sum(bool(WORD.fullmatch(part)) for part in shown.split()) > LONGEST_TEXT:
                yield f"{node.lineno}: says {shown.strip()[:60]!r}"


def number_constants(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = getattr(node, "value", None)
        for target in targets:
            name = getattr(target, "id", "")
            if name.isupper() and not name.endswith(PIXELS) and value is not None and has_number(value):
                yield f"{node.lineno}: decides {name}"


def has_number(value: ast.expr) -> bool:
    """Whether the value is a number or made of numbers."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, int | float) and not isinstance(value.value, bool)
    if isinstance(value, ast.UnaryOp | ast.BinOp | ast.Tuple | ast.List | ast.Set):
        return any(has_number(part) for part in ast.iter_child_nodes(value) if isinstance(part, ast.expr))
    return False


def client_imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            for name in names:
                if name == "backend.client" or name.startswith("backend.client."):
                    yield f"{node.lineno}: imports {name}"


@pytest.mark.parametrize("path", source_files())
def test_a_ui_decides_nothing(repository: Path, path: str) -> None:
    found = findings(path, ast.parse((repository / path).read_text(encoding="utf-8")))
    assert found == []


@pytest.mark.parametrize(
    ("program", "finding"),
    [
        ("try:\n    pass\nexcept (OSError, errors.ClientError):\n    pass", "3: catches ClientError"),
        ("def f():\n    return 'The run has ended'", "2: says 'The run has ended'"),
        ("f'{x} runs are listed here'", "1: says 'runs are listed here'"),
        ("_PAGE: Final = 50", "1: decides _PAGE"),
        ("SPEEDS = (0.5, 1.0)", "1: decides SPEEDS"),
        ("def f():\n    from backend.client.run_client import RunClient", "2: imports backend.client.run_client"),
    ],
)
def test_each_kind_is_found(program: str, finding: str) -> None:
    assert findings("ui_gradio/example.py", ast.parse(program)) == [finding]


@pytest.mark.parametrize(
    "program",
    [
        '"""A docstring with many words."""',
        'NAME = \'x\'\n"""What the name stands for here."""',
        "html = '<p class=\"ph ph-empty ph-row\">{}</p>'",
        "SIDE_HEIGHT_PX = 160",
        "except_nothing = 'two words'",
    ],
)
def test_what_a_ui_may_contain(program: str) -> None:
    assert findings("ui_gradio/example.py", ast.parse(program)) == []
