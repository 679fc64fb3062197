"""``--redis`` and what goes with it, once for every command that takes part in a deployment of many machines."""

from collections.abc import Callable
from typing import Any, TypedDict

import click

from backend.settings import RedisSettings

_DEFAULTS = RedisSettings(url="")

_MOST_QUEUED = click.option(
    "--max-queued",
    "most_queued",
    type=click.IntRange(min=1),
    default=_DEFAULTS.most_queued,
    show_default=True,
    help="With --redis: how many questions may wait for a worker; further ones are answered with 429.",
)

_OPTIONS = (
    click.option(
        "--redis-prefix",
        default=_DEFAULTS.prefix,
        show_default=True,
        help="What every name in Redis begins with: two deployments on one Redis need two.",
    ),
    click.option(
        "--lease-s",
        type=click.FloatRange(0.5, 300),
        default=_DEFAULTS.lease_s,
        show_default=True,
        help="How long a worker may be silent before its runs count as lost; the same on all machines.",
    ),
)


def redis_option(*, required: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options as one decorator. ``required``: the command works with Redis alone, and takes no questions."""
    address = click.option(
        "--redis",
        "redis_url",
        metavar="URL",
        required=required,
        help="The Redis that all machines share, such as redis://HOST:6379/0.",
    )

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in (*(() if required else (_MOST_QUEUED,)), *reversed(_OPTIONS), address):
            command = option(command)
        return command

    return add


def redis_settings(
    redis_url: str | None, redis_prefix: str, lease_s: float, most_queued: int = _DEFAULTS.most_queued
) -> RedisSettings | None:
    """What the options say; None without ``--redis``. Raises ``click.ClickException`` for an address that is none."""
    if redis_url is None:
        return None
    if not redis_url.startswith(("redis://", "rediss://", "unix://")):
        # Not quoted: it may contain a password.
        raise click.ClickException("--redis is not the address of a Redis: use redis://HOST:PORT/0.")
    return RedisSettings(url=redis_url, prefix=redis_prefix, lease_s=lease_s, most_queued=most_queued)


class SharedOptions(TypedDict, total=False):
    """What ``serve_command`` is given."""

    redis_url: str
    redis_prefix: str
    lease_s: float
    most_queued: int


def shared_options(redis_url: str | None, redis_prefix: str, lease_s: float, most_queued: int) -> SharedOptions:
    """The options for a backend that is started as a child; none without ``--redis``. Raises as ``redis_settings``."""
    shared = redis_settings(redis_url, redis_prefix, lease_s, most_queued)
    if shared is None:
        return {}
    return {
        "redis_url": shared.url,
        "redis_prefix": shared.prefix,
        "lease_s": shared.lease_s,
        "most_queued": shared.most_queued,
    }
