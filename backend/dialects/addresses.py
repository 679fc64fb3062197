"""Where a foreign agent is, and in which dialect it speaks: ``DIALECT:URL`` as an operator writes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

MODEL_VARIABLE = "PLAYHEAD_REMOTE_MODEL"
KEY_VARIABLE = "PLAYHEAD_REMOTE_KEY"

_USUAL_MODEL = "default"
"""What is asked for where no model is named: servers with one model ignore it, the others say that they need a name."""


class AddressError(ValueError):
    """The address is none; the message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class RemoteAddress:
    """A foreign agent. ``url`` is where a question is sent, without its fragment."""

    dialect: str
    url: str
    model: str = _USUAL_MODEL
    """The model, or agent, to ask there for: the fragment of the address (``…/v1#llama3``)."""

    @property
    def host(self) -> str:
        """Host and port, for sentences: an address may hold a key in its query."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


def remote_address(setting: str, dialects: Mapping[str, object], model: str | None = None) -> RemoteAddress:
    """Read ``DIALECT:URL`` or ``DIALECT:URL#MODEL``. ``dialects`` are those that can be read; ``model`` is asked for
    where the address names none. Raises ``AddressError``."""
    dialect, _, url = setting.partition(":")
    names = ", ".join(sorted(dialects))
    if dialect in ("http", "https"):
        raise AddressError(f"Say what is spoken at {setting}: put one of {names} and a colon before it.")
    if dialect not in dialects:
        raise AddressError(
            f"There is no dialect {dialect!r}: choose one of {names}, as in ag-ui:http://localhost:8000/agent."
        )
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        named = False
    written = url.isascii() and url.isprintable() and " " not in url
    if not named or not written or parts.scheme not in ("http", "https"):
        missing = f"{url!r} is no address" if url else f"{dialect} names no address"
        raise AddressError(f"{missing}: write {dialect}:http://HOST:PORT/PATH.")
    wanted = parts.fragment or model or _USUAL_MODEL
    return RemoteAddress(dialect, _endpoint(dialect, parts._replace(fragment=""), wanted), wanted)


def remote_key(given: str | None) -> str | None:
    """The key that the environment gives, or None. Raises ``AddressError`` for one that no header can carry."""
    key = (given or "").strip()
    if not (key.isascii() and key.isprintable()):
        raise AddressError(f"{KEY_VARIABLE} holds a character that is part of no key: set it again.")
    return key or None


def without_key(text: str, key: str | None) -> str:
    """What a server says, as it may be shown and kept: some repeat the key that they were sent."""
    return text.replace(key, "…") if key else text


def _endpoint(dialect: str, parts: SplitResult, model: str) -> str:
    """Where that dialect takes questions, if the address is only the API's."""
    path = parts.path.rstrip("/")
    query = parts.query
    if dialect == "openai-chat" and not path.endswith("/chat/completions"):
        path += "/chat/completions"
    elif dialect == "openai-responses" and not path.endswith("/responses"):
        path += "/responses"
    elif dialect == "anthropic" and not path.endswith("/messages"):
        path += "/messages" if path.endswith("/v1") else "/v1/messages"
    elif dialect == "native" and not path.endswith("/runs"):
        path += "/runs" if path.endswith("/v1") else "/v1/runs"
    elif dialect == "gemini":
        if ":streamGenerateContent" not in path and "/interactions" not in path:
            path = path if path.rpartition("/")[2].startswith("v1") else f"{path}/v1beta"
            path += f"/models/{model}:streamGenerateContent"
        if "alt=" not in query:
            query = f"{query}&alt=sse" if query else "alt=sse"
    else:
        path = parts.path or "/"
    return urlunsplit(parts._replace(path=path, query=query))
