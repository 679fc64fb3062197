"""Words of the dialogue that shares a run or its conversation."""

from typing import Final

from backend.protocol.roles import Role

TITLE: Final = "Share"
HELP: Final = "Anyone with a link may do what it allows, and sees nothing else. They need no account."
WHAT: Final = "What to share"
SCOPES: Final[dict[str, str]] = {"run": "This run", "conversation": "The whole conversation, with questions to come"}
SHORT_SCOPES: Final[dict[str, str]] = {"run": "This run", "conversation": "Conversation"}

ROLE: Final = "People with the link"
ROLES: Final[dict[Role, str]] = {
    "view": "may watch",
    "comment": "may watch and comment",
    "steer": "may also stop the run and send messages",
    "approve": "may also approve what the agent asks for",
}
"""What a link lets people do, from the least to the most: each includes those before it."""

SHORT_ROLES: Final[dict[Role, str]] = {"view": "watch", "comment": "comment", "steer": "steer", "approve": "approve"}

EXPIRY: Final = "The link expires"
EXPIRIES: Final[dict[str, str]] = {
    "3600": "after 1 hour",
    "86400": "after 1 day",
    "604800": "after 7 days",
    "": "never",
}
"""When a link expires, by seconds; empty = it works until it is withdrawn."""

MAKE: Final = "Make link"
MADE: Final = "The link is ready."
LINKS: Final = "Links that work now"
NO_LINKS: Final = "No links yet."
LINK: Final = "Link: {title}"
COPY: Final = "Copy link"
WITHDRAW: Final = "Withdraw"
WITHDRAWN: Final = "The link no longer works."
CLOSE: Final = "Close"
FAILED: Final = "The server did not answer: try again in a moment."

TITLE_OF_LINK: Final = "{scope}: {role}"
MADE_BY: Final = "made by {name}"
NEVER_EXPIRES: Final = "never expires"
LEFT: Final = "expires in {left}"

SCRIPT_WORDS: Final[dict[str, str | dict[str, str]]] = {
    "title": TITLE,
    "help": HELP,
    "what": WHAT,
    "scopes": SCOPES,
    "role": ROLE,
    "roles": dict(ROLES.items()),
    "expiry": EXPIRY,
    "expiries": EXPIRIES,
    "make": MAKE,
    "made": MADE,
    "links": LINKS,
    "no_links": NO_LINKS,
    "link": LINK,
    "copy": COPY,
    "withdraw": WITHDRAW,
    "withdrawn": WITHDRAWN,
    "close": CLOSE,
    "failed": FAILED,
}
"""Those that the pages' script uses, by the names that it knows them by."""


def time_left(seconds: float) -> str:
    """How much longer a link works, in its largest unit: ``3 days``, ``1 hour``, ``12 minutes``."""
    for unit, length in (("day", 86400.0), ("hour", 3600.0), ("minute", 60.0)):
        # From one and a half on, so that 90 minutes are not an hour, and a day that has just begun is one.
        count = round(seconds / length)
        if seconds >= length * 0.98:
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return "less than a minute"
