"""Flows and trees: how their members hang together decides how long they take, more than how many there are."""

from collections import Counter
from typing import Any, Final

from backend.protocol.charts.typed_arrays import is_typed_array, typed_numbers

MOST_NODES: Final = 1_000
MOST_CIRCLES: Final = 5
"""Links in circles beyond one for each node there: Plotly looks for every way around, which each link may double."""
MOST_DEEP: Final = 60
"""Levels of a tree."""


def graph_problem(trace: dict[str, Any], kind: str) -> str:
    """Why the members of a sankey, sunburst or treemap cannot be drawn; empty if they can."""
    if kind == "sankey":
        return _flow_problem(trace)
    if kind in ("sunburst", "treemap") and _depth(trace) > MOST_DEEP:
        return f"at most {MOST_DEEP} levels are drawn"
    return ""


def _flow_problem(trace: dict[str, Any]) -> str:
    link = trace.get("link")
    sources, targets = (_list(link.get(key)) if isinstance(link, dict) else [] for key in ("source", "target"))
    ends = [*sources, *targets]
    if not all(isinstance(end, int | float) and 0 <= end < MOST_NODES and end == int(end) for end in ends):
        return f"its links have to lead from and to the numbers of nodes, below {MOST_NODES:,}"
    if _circling([(int(a), int(b)) for a, b in zip(sources, targets, strict=False)]) > MOST_CIRCLES:
        return "its links go in too many circles"
    return ""


def _circling(links: list[tuple[int, int]]) -> int:
    """How many more links than nodes remain once nodes that no circle leads through are taken away, end by end."""
    left = set(links)
    while True:
        out, into = Counter(a for a, _ in left), Counter(b for _, b in left)
        inner = {(a, b) for a, b in left if into[a] and out[b]}
        if inner == left:
            return len(left) - len({node for link in left for node in link})
        left = inner


def _depth(trace: dict[str, Any]) -> int:
    """The levels of a tree. Members in a circle have none: Plotly draws nothing then."""
    labels, parents = _list(trace.get("labels")), _list(trace.get("parents"))
    names = _list(trace.get("ids")) or labels
    above = {str(name): str(parent) for name, parent in zip(names, parents, strict=False)}
    levels: dict[str, int] = {}
    for start in above:
        member, path = start, list[str]()
        while member in above and member not in levels:
            path.append(member)
            levels[member] = 0
            member = above[member]
        top = levels.get(member, 0)
        levels |= {each: top + level for level, each in enumerate(reversed(path), start=1)}
    return max(levels.values(), default=0)


def _list(value: Any) -> list[Any]:
    if is_typed_array(value):
        return list(typed_numbers(value) or ())
    return value if isinstance(value, list) else []
