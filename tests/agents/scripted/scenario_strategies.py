"""Hypothesis strategies for scenarios: any that make sense, and how they are written as YAML."""

from collections.abc import Sequence
from itertools import count
from typing import Any, Literal

import yaml
from hypothesis import strategies as st

from backend.agents.scripted.action_parts import ToolCall
from backend.agents.scripted.actions import (
    Action,
    Cite,
    Error,
    Fail,
    Finish,
    HangForever,
    Progress,
    Say,
    Stall,
    Start,
    Step,
    Table,
    Value,
    Wait,
    Warn,
)
from backend.agents.scripted.scenario import Scenario

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
"""Any text, line separators and control characters included."""

PROSE = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="[]`~"), min_size=1, max_size=40)
"""Text that holds no marker and no code."""

SECONDS = st.floats(0, 20, allow_nan=False).map(lambda seconds: round(seconds, 4))
SLUGS = st.sampled_from(["retrieving", "running_tool", "summarizing", "querying"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
RATES = st.none() | st.floats(1, 500, allow_nan=False)
PIECES: st.SearchStrategy[Literal["words"] | int | None] = st.one_of(st.none(), st.just("words"), st.integers(1, 9))


@st.composite
def timelines(draw: st.DrawFn, depth: int = 0, counter: "count[int] | None" = None) -> list[Action]:
    """Actions that fit together and keep the six rules: every marker's citation comes before it."""
    numbers = count() if counter is None else counter
    actions: list[Action] = []
    cited: list[int] = []
    open_steps: list[str] = []
    kinds = ["wait", "stall", "say", "cite", "start", "value", "table", "warn", *(["step"] if depth < 2 else [])]
    for _ in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from([*kinds, *(["progress", "end", "end"] if open_steps else [])]))
        if kind == "wait":
            actions.append(Wait(wait=draw(SECONDS)))
        elif kind == "stall":
            actions.append(Stall(stall=draw(SECONDS)))
        elif kind == "say":
            actions.append(draw(sayings(cited)))
        elif kind == "cite":
            cited.append(draw(st.integers(1, 5)))
            actions.append(Cite(cite=cited[-1], title=draw(TEXT), quote=draw(st.none() | TEXT)))
        elif kind == "start":
            open_steps.append(f"own {next(numbers)}")
            tool = ToolCall(name=draw(TEXT), arguments=draw(JSON)) if draw(st.booleans()) else None
            actions.append(Start(start=draw(SLUGS), id=open_steps[-1], label=draw(st.none() | TEXT), tool=tool))
        elif kind == "progress":
            name = draw(st.sampled_from(open_steps))
            actions.append(Progress(progress=name, at=draw(st.none() | st.floats(0, 1)), detail=draw(st.none() | TEXT)))
        elif kind == "end":
            name = open_steps.pop(draw(st.integers(0, len(open_steps) - 1)))
            actions.append(Finish(finish=name) if draw(st.booleans()) else Fail(fail=name, detail=draw(TEXT)))
        elif kind == "value":
            amount = draw(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT)
            actions.append(Value(value="figure", title=draw(TEXT), amount=amount))
        elif kind == "table":
            rows = draw(st.lists(st.tuples(TEXT, st.none() | st.integers()), max_size=3))
            actions.append(Table(table="rows", title=draw(TEXT), columns=("a", "b"), rows=tuple(rows)))
        elif kind == "warn":
            actions.append(Warn(warn="dated", message=draw(TEXT)))
        else:
            inside = draw(timelines(depth + 1, numbers))
            actions.append(Step(step=draw(SLUGS), lasts=draw(SECONDS), do=tuple(inside)))
    return actions


@st.composite
def sayings(draw: st.DrawFn, cited: Sequence[int]) -> Say:
    """Prose, with a marker of something cited where there is any."""
    text: str = draw(PROSE)
    if draw(st.booleans()) and cited:
        text += f" [{draw(st.sampled_from(cited))}] {draw(PROSE)}"
    return Say(say=text, rate=draw(RATES), pieces=draw(PIECES))


ENDINGS: st.SearchStrategy[list[Action]] = st.one_of(
    st.just([]),
    st.builds(lambda message: [Error(error="broken", message=message)], TEXT),
    st.just([HangForever(hang=True)]),
)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A scenario that can be played."""
    pieces = draw(PIECES)
    return Scenario(
        title=draw(TEXT),
        description=draw(TEXT),
        question=draw(TEXT),
        seed=draw(st.integers(0, 2**31 - 1)),
        jitter=draw(st.sampled_from([0.0, 0.2, 0.95])),
        rate=draw(st.sampled_from([5.0, 30.0, 1000.0])),
        pieces=pieces or "words",
        timeout_s=draw(st.none() | st.floats(0.1, 100)),
        timeline=(*draw(timelines()), *draw(ENDINGS)),
    )


class _Dumper(yaml.SafeDumper):
    """Writes every text in double quotes, so that it is text whatever it looks like."""


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


_Dumper.add_representer(str, _quoted)


def as_yaml(scenario: Scenario) -> bytes:
    """The scenario as a person might have written it."""
    data: dict[str, Any] = scenario.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    # A table's empty cells are None as well and must stay.
    _restore_rows(data["timeline"], scenario.timeline)
    text = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=False)
    return text.encode()


def _restore_rows(dumped: list[dict[str, Any]], actions: tuple[Action, ...]) -> None:
    for entry, action in zip(dumped, actions, strict=True):
        if isinstance(action, Table):
            entry["rows"] = [list(row) for row in action.rows]
        if isinstance(action, Step) and action.do:
            _restore_rows(entry["do"], action.do)
        if isinstance(action, Start) and action.tool is not None:
            entry["tool"]["arguments"] = action.tool.arguments
