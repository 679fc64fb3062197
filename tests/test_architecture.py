"""The arrows of the design, read off the code.

That nothing sleeps or blocks on an event loop (``time.sleep``, files and processes inside ``async def``) is shown by
ruff's ASYNC rules in `make lint`; that they are in force is shown here.
"""

import ast
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import grimp
import pytest

PACKAGES = ("backend", "ui_gradio", "ui_streamlit", "evals")
LONGEST_FILE = 320
TWICE_ALLOWED = frozenset({"PairDrawing"})
"""Public class names that may stand for two things."""

TOOLS = Path(sys.executable).parent

DEFERRED = {
    "backend/commands": "a command's --help and the completion of words must not wait for what the command works with",
    "evals/commands": "the same",
    "evals/pytest_plugin.py": "pytest loads the plugin in every session, also where no test asks for the fixture",
    "backend/agents/model": "a provider's library is optional, and loaded when a model is asked for",
    "ui_gradio/__main__.py": "a busy port is refused before Gradio is loaded, which takes seconds",
    "ui_streamlit/__main__.py": "the same, before Streamlit is",
}
"""Where modules of this product may be imported inside a function, and why: what they load is wide."""

WITHOUT_A_TWIN = {
    "faults": "many processes, hurt together",
    "clients": "foreign clients, in node, of the whole product",
    "ui": "both UIs in a browser, in one vocabulary",
}
"""Folders of tests that stand for no folder of the product, and what they test."""

OWN_CHILDREN = {
    "child_process.py": "what the others call",
    "commands/serve_process.py": "killed by its own context manager",
    "commands/terminal_process.py": "its pipes are a terminal; killed by its own context manager",
    "redis_server.py": "killed by its own context manager",
    "evals/results/test_limits_in_doubt.py": "many that say nothing, killed by their fixture",
}
"""Tests that start a child without ``tests.child_process``, and how it ends when the test fails."""


INDENTED_IMPORT = re.compile(r"^[ \t]+(?:from|import) ", re.MULTILINE)


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    """Who imports whom in the backend, other packages included."""
    return grimp.build_graph("backend", include_external_packages=True, cache_dir=None)


@cache
def tree_of(path: Path) -> ast.Module:
    """A file, parsed once for all tests."""
    return ast.parse(path.read_text(encoding="utf-8"))


def foreign_imports(imports: grimp.ImportGraph, package: str) -> set[str]:
    """What a package of ours imports from outside itself and the standard library."""
    modules = {package, *imports.find_descendants(package)}
    found = {name for module in modules for name in imports.find_modules_directly_imported_by(module)} - modules
    return {name for name in found if name.partition(".")[0] not in sys.stdlib_module_names}


def test_every_arrow_points_where_the_design_says(repository: Path) -> None:
    """The contracts are in pyproject.toml."""
    done = subprocess.run(
        [TOOLS / "lint-imports", "--no-logo", "--no-cache"], cwd=repository, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_protocol_needs_pydantic_and_nothing_else(imports: grimp.ImportGraph) -> None:
    assert foreign_imports(imports, "backend.protocol") <= {"pydantic", "pydantic_core"}


def test_the_launcher_needs_nothing(imports: grimp.ImportGraph) -> None:
    assert foreign_imports(imports, "backend.launch") == set()


def deferred_imports(file: Path) -> set[str]:
    """The modules of ours that a file imports inside a function."""
    # Few files have an import that is indented, and looking through the functions of one takes long.
    if not INDENTED_IMPORT.search(file.read_text(encoding="utf-8")):
        return set()
    functions = [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = [node for function in functions for node in ast.walk(function)]
    names = [node.module or "" for node in inside if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in inside if isinstance(node, ast.Import) for alias in node.names]
    return {name for name in names if name.partition(".")[0] in PACKAGES}


def test_no_import_is_put_into_a_function_to_get_around_an_arrow(repository: Path) -> None:
    """Each exception loads something wide that most callers never need; ``DEFERRED`` says what."""
    found = {
        path.relative_to(repository).as_posix()
        for package in PACKAGES
        for path in (repository / package).rglob("*.py")
        if deferred_imports(path)
    }
    allowed = {path: place for path in found for place in DEFERRED if path == place or path.startswith(f"{place}/")}
    assert found - set(allowed) == set()
    assert set(allowed.values()) == set(DEFERRED), "an exception that nothing needs any more"


def test_no_source_file_is_too_long(repository: Path) -> None:
    lengths = {
        str(path.relative_to(repository)): len(path.read_text(encoding="utf-8").splitlines())
        for package in (*PACKAGES, "tests")
        for path in (repository / package).rglob("*.py")
    }
    assert len(lengths) > len(PACKAGES)
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_a_public_class_name_exists_once(repository: Path) -> None:
    names: Counter[str] = Counter()
    for package in PACKAGES:
        for path in (repository / package).rglob("*.py"):
            tree = tree_of(path)
            names.update(node.name for node in tree.body if isinstance(node, ast.ClassDef))
    assert {name for name, count in names.items() if count > 1 and not name.startswith("_")} == TWICE_ALLOWED


def test_the_folders_of_tests_are_those_of_the_product(repository: Path) -> None:
    """So that there is one place to look for the test of a thing: its own folder's twin. A module with many tests may
    have a folder of them."""
    tests = repository / "tests"
    folders = {path.parent.relative_to(tests) for path in tests.rglob("test_*.py")} - {Path()}
    twins = {
        folder
        for folder in folders
        for place in (repository / folder, repository / "backend" / folder)
        if (place / "__init__.py").is_file() or place.with_suffix(".py").is_file()
    }
    assert {folder.as_posix() for folder in folders - twins} == set(WITHOUT_A_TWIN)


def test_the_children_of_tests_end_with_them(repository: Path) -> None:
    tests = repository / "tests"
    starters = {
        path.relative_to(tests).as_posix()
        for path in tests.rglob("*.py")
        if "Popen" in path.read_text(encoding="utf-8")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Popen")
    }
    assert starters == set(OWN_CHILDREN)


@pytest.mark.parametrize("call", ["time.sleep(1)", "open('log')", "subprocess.run(['true'])"])
def test_a_blocking_call_on_an_event_loop_is_refused(repository: Path, call: str) -> None:
    program = f"import subprocess\nimport time\n\n\nasync def handler() -> None:\n    {call}\n"
    done = subprocess.run(
        [TOOLS / "ruff", "check", "--stdin-filename", "backend/api/example.py", "--output-format", "concise", "-"],
        input=program,
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ": ASYNC" in done.stdout
