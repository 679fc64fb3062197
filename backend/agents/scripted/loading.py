"""Files to scenarios; whatever is wrong with a file becomes one sentence that names the line."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from backend.agents.scripted.actions import ACTIONS, Position, ToolCall, action_name
from backend.agents.scripted.errors import ScenarioError, did_you_mean, shown
from backend.agents.scripted.scenario import Scenario
from backend.agents.scripted.schedule import TimelineError, schedule
from backend.agents.scripted.source import Place, Source, read_source
from backend.agents.scripted.yaml_text import MAX_FILE_BYTES

_NESTED: dict[str, type[BaseModel]] = {"tool": ToolCall, "locator": Position}


def load_scenario(path: Path) -> Scenario:
    """The scenario in a file. Raises ``ScenarioError``, also for a file that cannot be read."""
    try:
        with path.open("rb") as file:
            # One byte more than allowed is enough to know that the file is too large.
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ScenarioError(path.name, 1, f"the file cannot be read ({error.strerror or error}).") from error
    return parse_scenario(content, path.name)


def parse_scenario(content: bytes, file: str = "scenario") -> Scenario:
    """The scenario in a file's bytes; ``file`` is its name in messages. Raises ``ScenarioError``.

    A scenario that comes back can be played: its steps, citations and artifacts fit together.
    """
    source = read_source(content, file)
    _check_keys(source)
    try:
        scenario = Scenario.model_validate(source.data)
    except ValidationError as error:
        raise _first_problem(source, error.errors(include_url=False)) from error
    try:
        for _ in schedule(scenario):
            pass
    except TimelineError as error:
        raise ScenarioError(file, source.line(error.path), error.message) from error
    return scenario


def _check_keys(source: Source) -> None:
    """Every key is one that is known here, and every entry of a timeline is one action."""
    _check_fields(source, source.data, (), Scenario, "a scenario")
    timeline = source.data.get("timeline")
    if isinstance(timeline, list):
        _check_actions(source, timeline, ("timeline",))


def _check_actions(source: Source, timeline: Iterable[Any], path: Place) -> None:
    for index, action in enumerate(timeline):
        here = (*path, index)
        if not isinstance(action, dict) or not action:
            raise ScenarioError(
                source.file,
                source.line(here),
                f"expected an action such as 'wait: 0.5', not {shown(action)}.",
            )
        name = action_name(action)
        if name is None:
            first = next(iter(action))
            raise ScenarioError(
                source.file,
                source.line((*here, first)),
                f"there is no action {first!r}{did_you_mean(first, [*ACTIONS, 'repeat'])}",
            )
        others = [key for key in action if key in ACTIONS and key != name]
        if others:
            raise ScenarioError(
                source.file,
                source.line((*here, others[0])),
                f"one entry is one action, but here are {name!r} and {others[0]!r}; begin each with '- '.",
            )
        _check_fields(source, action, here, ACTIONS[name], repr(name))
        if isinstance(action.get("do"), list):
            _check_actions(source, action["do"], (*here, "do"))


def _check_fields(source: Source, data: Mapping[str, Any], path: Place, model: type[BaseModel], owner: str) -> None:
    for key, value in data.items():
        if key not in model.model_fields:
            raise ScenarioError(
                source.file,
                source.line((*path, key)),
                f"{owner} has no field {key!r}{did_you_mean(key, model.model_fields)}",
            )
        if key in _NESTED and isinstance(value, dict):
            _check_fields(source, value, (*path, key), _NESTED[key], repr(key))


def _first_problem(source: Source, problems: list[ErrorDetails]) -> ScenarioError:
    """The problem nearest to the top of the file; of several on a line, the innermost."""
    placed = [(_path(problem["loc"]), problem) for problem in problems]
    path, problem = min(placed, key=lambda pair: (source.line(pair[0]), -len(pair[0])))
    model, field_path = _model_at(source, path)
    field = str(field_path[-1])
    expected = str(model.model_fields[field].description)
    if problem["type"] == "missing":
        sentence = f"{_owner(source, field_path[:-1])} needs the field {field!r}: {expected}."
        return ScenarioError(source.file, source.line(field_path[:-1]), sentence)
    value = _deepest(source, path)
    hint = " Put it in quotes." if _would_be_text(value, expected) else ""
    sentence = f"{field!r} must be {expected}; here stands {shown(value)}.{hint}"
    return ScenarioError(source.file, source.line(path), sentence)


def _owner(source: Source, path: Place) -> str:
    """What a field belongs to, in words."""
    if not path:
        return "a scenario"
    name = action_name(_value_at(source, path))
    return repr(path[-1] if name is None else name)


def _path(location: tuple[int | str, ...]) -> Place:
    """pydantic's place of an error, without the action's name that it puts behind each list position."""
    path: list[int | str] = []
    skip = False
    for part in location:
        if skip:
            skip = False
            continue
        skip = isinstance(part, int) and bool(path) and path[-1] in ("timeline", "do")
        path.append(part)
    return tuple(path)


def _model_at(source: Source, path: Place) -> tuple[type[BaseModel], Place]:
    """The model an error lies in, and the path of its field: what pydantic adds for unions is left out."""
    model: type[BaseModel] = Scenario
    depth = 0
    while depth < len(path):
        field = path[depth]
        following = path[depth + 1] if depth + 1 < len(path) else None
        if field in ("timeline", "do") and isinstance(following, int) and depth + 2 < len(path):
            model = ACTIONS[str(action_name(_value_at(source, path[: depth + 2])))]
            depth += 2
        elif field in _NESTED and following in _NESTED[str(field)].model_fields:
            model = _NESTED[str(field)]
            depth += 1
        else:
            break
    return model, path[: depth + 1]


def _value_at(source: Source, path: Place) -> Any:
    value: Any = source.data
    for part in path:
        value = value[part]
    return value


def _deepest(source: Source, path: Place) -> Any:
    """The value at the end of a path. pydantic's own names for parts of a union lead nowhere and are passed over."""
    value: Any = source.data
    for part in path:
        with suppress(LookupError, TypeError):
            value = value[part]
    return value


def _would_be_text(value: object, expected: str) -> bool:
    return expected.startswith(("a text", "one sentence", "a short")) and isinstance(value, int | float | bool)
