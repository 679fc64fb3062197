"""The file of a suite, YAML, bundled or the user's own: read, with the line of whatever is wrong in it."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from backend.yaml_lines.complaints import SourceError, shown
from backend.yaml_lines.source import ValuePath, YamlSource, read_yaml
from backend.yaml_lines.syntax import MAX_FILE_BYTES
from evals.suites.disturbance import Cancel, Cut
from evals.suites.expectation import WrittenExpectation
from evals.suites.limits import check_limits
from evals.suites.load import Load
from evals.suites.steering import Pause, SuiteAnswer, SuiteMessage
from evals.suites.suite import Suite, WrittenScenario

_SUITES = files("evals.suites")

_SUITE: Final = "a suite"
_SCENARIO: Final = "a scenario"
_NESTED: Final[Mapping[str, type[BaseModel]]] = {
    "cancel": Cancel,
    "cut": Cut,
    "pause": Pause,
    "answer": SuiteAnswer,
    "message": SuiteMessage,
    "load": Load,
    "expect": WrittenExpectation,
}

_IN_EXPECT: Final = 3
"""The place in a path, such as runs, 0, expect, numbers, at which the field of an expectation stands."""


class SuiteError(ValueError):
    """There is no such suite, or its file cannot be read. The message has the next action."""


def bundled_suites() -> tuple[str, ...]:
    """The names of the suites that come with Playhead."""
    return tuple(sorted(file.name.removesuffix(".yaml") for file in _SUITES.iterdir() if file.name.endswith(".yaml")))


def load_suite(name_or_path: str) -> Suite:
    """A bundled suite by its name, else the suite in a file. Raises ``SuiteError``, and ``SourceError`` for a file
    that is not a suite.
    """
    if name_or_path in bundled_suites():
        return parse_suite(_SUITES.joinpath(f"{name_or_path}.yaml").read_bytes(), f"{name_or_path}.yaml")
    path = Path(name_or_path)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise SuiteError(
            f"There is no suite {name_or_path!r}: give a file, or one of {', '.join(bundled_suites())}."
        ) from error
    except OSError as error:
        raise SuiteError(f"The suite {name_or_path} cannot be read: {error.strerror or error}.") from error
    return parse_suite(content, path.name)


def parse_suite(content: bytes, file: str) -> Suite:
    """The suite in a file's bytes; ``file`` is its name in messages. Raises ``SourceError``."""
    source = read_yaml(content, file, "suite")
    _check_keys(source)
    try:
        return Suite.model_validate(source.data)
    except ValidationError as error:
        raise _first_problem(source, error.errors(include_url=False)) from error


def _check_keys(source: YamlSource) -> None:
    _check_fields(source, source.data, (), Suite, _SUITE)
    scenarios = source.data.get("runs")
    for index, scenario in enumerate(scenarios if isinstance(scenarios, list) else ()):
        if not isinstance(scenario, dict):
            message = f"expected a scenario such as '- agent: scripted:happy_path', not {shown(scenario)}."
            raise source.error(("runs", index), message)
        _check_fields(source, scenario, ("runs", index), WrittenScenario, _SCENARIO)


def _check_fields(
    source: YamlSource, data: Mapping[str, Any], path: ValuePath, model: type[BaseModel], owner: str
) -> None:
    source.check_fields(path, data, model.model_fields, owner)
    for key, nested in _NESTED.items():
        for part, here in _parts(data.get(key), (*path, key)):
            source.check_fields(here, part, nested.model_fields, repr(key))
    if "limits" in data:
        check_limits(source, data["limits"], (*path, "limits"))


def _parts(value: object, path: ValuePath) -> Iterator[tuple[Mapping[str, Any], ValuePath]]:
    """The mappings of a field: itself, or those in its list."""
    if isinstance(value, dict):
        yield value, path
    for index, part in enumerate(value if isinstance(value, list) else ()):
        yield from _parts(part, (*path, index))


def _first_problem(source: YamlSource, problems: list[ErrorDetails]) -> SourceError:
    """The problem nearest to the top of the file."""
    # If every scenario is refused, pydantic also complains of the list, which is then empty.
    named = [found for found in problems if found["loc"] != ("runs",)] or problems
    problem = min(named, key=lambda found: source.line(found["loc"]))
    path = problem["loc"]
    in_scenario = len(path) > 2 and path[0] == "runs"
    field = str(path[2] if in_scenario else path[0])
    expected = str((WrittenScenario if in_scenario else Suite).model_fields[field].description)
    if field == "expect" and len(path) > _IN_EXPECT and isinstance(source.data["runs"][path[1]]["expect"], dict):
        field = str(path[_IN_EXPECT])
        expected = str(WrittenExpectation.model_fields[field].description)
    if problem["type"] == "missing":
        owner = repr(field) if path[-1] != field else _SCENARIO if in_scenario else _SUITE
        return source.missing_field(path[:-1], str(path[-1]), expected, owner)
    return source.wrong_value(path, field, expected, problem["input"], text=problem["type"] == "string_type")
