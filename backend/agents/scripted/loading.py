"""Files to scenarios; every fault in a file becomes one sentence that names the line."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from backend.agents.scripted.action_parts import OwnAnswer, Position, ProposedCall, ToolCall
from backend.agents.scripted.actions import ACTIONS, BRANCHES, Ask, action_name
from backend.agents.scripted.repeats import written_out
from backend.agents.scripted.scenario import Scenario
from backend.agents.scripted.schedule import TimelineError, schedule
from backend.yaml_lines.complaints import SourceError, did_you_mean, shown
from backend.yaml_lines.source import ValuePath, YamlSource, read_yaml
from backend.yaml_lines.syntax import MAX_FILE_BYTES

_HEAD = "a scenario"
_NESTED: dict[str, type[BaseModel]] = {"tool": ToolCall, "locator": Position}
_LISTS = ("timeline", *BRANCHES)


def load_scenario(path: Path) -> Scenario:
    """The scenario in a file. Raises ``SourceError``, also for a file that cannot be read."""
    try:
        with path.open("rb") as file:
            # One byte more than allowed is enough to know that the file is too large.
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise SourceError(path.name, 1, f"the file cannot be read ({error.strerror or error}).") from error
    return parse_scenario(content, path.name)


def parse_scenario(content: bytes, file: str = "scenario") -> Scenario:
    """The scenario in a file's bytes; ``file`` is its name in messages. Raises ``SourceError``.

    A returned scenario can be played: its steps, citations and artifacts fit together.
    """
    source = written_out(read_yaml(content, file, "title"))
    _check_keys(source)
    try:
        scenario = Scenario.model_validate(source.data)
    except ValidationError as error:
        raise _first_problem(source, error.errors(include_url=False)) from error
    try:
        for accepts in (True, False):
            for _ in schedule(scenario, accepts=accepts):
                pass
    except TimelineError as error:
        raise source.error(error.path, error.message) from error
    return scenario


def _check_keys(source: YamlSource) -> None:
    """Refuse unknown keys, and timeline entries that are not exactly one action."""
    _check_fields(source, source.data, (), Scenario, _HEAD)
    for index, answer in enumerate(source.data.get("answers") or ()):
        if isinstance(answer, dict):
            _check_fields(source, answer, ("answers", index), OwnAnswer, "'answers'")
    timeline = source.data.get("timeline")
    if isinstance(timeline, list):
        _check_actions(source, timeline, ("timeline",))


def _check_actions(source: YamlSource, timeline: Iterable[Any], path: ValuePath) -> None:
    for index, action in enumerate(timeline):
        here = (*path, index)
        if not isinstance(action, dict) or not action:
            raise source.error(here, f"expected an action such as 'wait: 0.5', not {shown(action)}.")
        name = action_name(action)
        if name is None:
            first = next(iter(action))
            hint = did_you_mean(first, [*ACTIONS, "repeat"])
            raise source.error((*here, first), f"there is no action {shown(first)}{hint}")
        others = [key for key in action if key in ACTIONS and key != name]
        if others:
            message = f"one entry is one action, but here are {name!r} and {others[0]!r}; begin each with '- '."
            raise source.error((*here, others[0]), message)
        _check_fields(source, action, here, ACTIONS[name], repr(name))
        for branch in BRANCHES:
            if isinstance(action.get(branch), list):
                _check_actions(source, action[branch], (*here, branch))


def _nested(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The fields of a model that are mappings with fields of their own."""
    return {**_NESTED, "tool": ProposedCall} if model is Ask else _NESTED


def _check_fields(
    source: YamlSource, data: Mapping[str, Any], path: ValuePath, model: type[BaseModel], owner: str
) -> None:
    source.check_fields(path, data, model.model_fields, owner)
    for key, nested in _nested(model).items():
        if isinstance(data.get(key), dict):
            _check_fields(source, data[key], (*path, key), nested, repr(key))


def _first_problem(source: YamlSource, problems: list[ErrorDetails]) -> SourceError:
    """The problem nearest to the top of the file; of several on a line, the innermost."""
    placed = [(_path(problem["loc"]), problem) for problem in problems]
    path, problem = min(placed, key=lambda pair: (source.line(pair[0]), -len(pair[0])))
    model, field_path = _model_at(source, path)
    field = str(field_path[-1])
    expected = str(model.model_fields[field].description)
    if problem["type"] == "missing":
        return source.missing_field(field_path[:-1], field, expected, _owner(source, field_path[:-1]))
    line = source.line(path)
    text = any(other["type"] == "string_type" and source.line(where) == line for where, other in placed)
    return source.wrong_value(path, field, expected, _deepest(source, path), text=text)


def _owner(source: YamlSource, path: ValuePath) -> str:
    """The owner of a field, in words."""
    if not path:
        return _HEAD
    name = action_name(_value_at(source, path))
    return repr(path[-1] if name is None else name)


def _path(location: tuple[int | str, ...]) -> ValuePath:
    """The path of an error without the action's name that pydantic puts after each list position."""
    path: list[int | str] = []
    skip = False
    for part in location:
        if skip:
            skip = False
            continue
        skip = isinstance(part, int) and bool(path) and path[-1] in _LISTS
        path.append(part)
    return tuple(path)


def _model_at(source: YamlSource, path: ValuePath) -> tuple[type[BaseModel], ValuePath]:
    """The model with the error, and the path of its field, without the parts that pydantic adds for unions."""
    model: type[BaseModel] = Scenario
    depth = 0
    while depth < len(path):
        field = path[depth]
        following = path[depth + 1] if depth + 1 < len(path) else None
        if field in _LISTS and isinstance(following, int) and depth + 2 < len(path):
            model = ACTIONS[str(action_name(_value_at(source, path[: depth + 2])))]
            depth += 2
        elif (nested := _nested(model).get(str(field))) is not None and following in nested.model_fields:
            model = nested
            depth += 1
        else:
            break
    return model, path[: depth + 1]


def _value_at(source: YamlSource, path: ValuePath) -> Any:
    value: Any = source.data
    for part in path:
        value = value[part]
    return value


def _deepest(source: YamlSource, path: ValuePath) -> Any:
    """The value at the end of a path. pydantic's own names for parts of a union are passed over."""
    value: Any = source.data
    for part in path:
        with suppress(LookupError, TypeError):
            value = value[part]
    return value
