"""What a person may do: five roles, each of which includes those before it."""

from typing import Final, Literal, get_args

Role = Literal["view", "comment", "steer", "approve", "host"]
"""``view`` looks; ``comment`` gives feedback as well; ``steer`` asks, sends messages, pauses, cancels and declines;
``approve`` accepts what a run asks for; ``host`` shares, deletes and sees everybody's runs."""

ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""From the least to the most."""


def covers(role: Role | None, needed: Role) -> bool:
    """Whether somebody of that role may do what needs the other. None is nobody's role."""
    return role is not None and ROLES.index(role) >= ROLES.index(needed)
