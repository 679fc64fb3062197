"""Where a foreign agent is, and in which dialect it speaks: ``DIALECT:URL`` as an operator writes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

MODEL_VARIABLE = "PLAYHEAD_REMOTE_MODEL"
KEY_VARIABLE = "PLAYHEAD_REMOTE_KEY"

_USUAL_MODEL = "default"
"""What is asked for where no model is named: servers with one model ignore it, the others say that they need a name."""

_PATHS = {
    "openai-chat": ("", "/chat/completions"),
    "openai-responses": ("", "/responses"),
    "anthropic": ("/v1", "/messages"),
    "native": ("/v1", "/runs"),
    "langgraph": ("", "/runs/stream"),
    "ollama": ("/api", "/chat"),
    "dify": ("/v1", "/chat-messages"),
    "cohere": ("/v2", "/chat"),
}
"""For each dialect, the version that the address of an API ends in, and the path below it that takes questions."""


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
        """Host and port, for sentences: an address may contain a key in its query."""
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
        missing = f"{url!r} is not an address" if url else f"{dialect} names no address"
        raise AddressError(f"{missing}: write {dialect}:http://HOST:PORT/PATH.")
    wanted = parts.fragment or model or _USUAL_MODEL
    return RemoteAddress(dialect, _endpoint(dialect, parts._replace(fragment=""), wanted), wanted)


def remote_key(given: str | None) -> str | None:
    """The key that the environment gives, or None. Raises ``AddressError`` for one that no header can carry."""
    key = (given or "").strip()
    if not (key.isascii() and key.isprintable()):
        raise AddressError(not_a_key(KEY_VARIABLE))
    return key or None


def not_a_key(variable: str) -> str:
    """The sentence for a variable whose value cannot be sent as a key. The value is not in it."""
    return f"{variable} contains a character that cannot be in a key: set it again."


def without_key(text: str, key: str | None) -> str:
    """What a server says, as it may be shown and kept: some repeat the key that they were sent."""
    return text.replace(key, "…") if key else text


def _endpoint(dialect: str, parts: SplitResult, model: str) -> str:
    """Where that dialect takes questions, if the address is only the API's."""
    if dialect == "ollama" and parts.path.endswith("/api/generate"):
        raise AddressError("A conversation goes to Ollama's /api/chat: leave the path out of the address.")
    if dialect == "gemini":
        parts = parts._replace(path=_gemini_path(parts.path.rstrip("/"), model), query=_gemini_query(parts.query))
    elif dialect == "flowise":
        parts = parts._replace(path=_flowise_path(parts.path, model))
    elif dialect == "mastra":
        parts = parts._replace(path=_mastra_path(parts.path, model))
    elif dialect in _PATHS:
        parts = parts._replace(path=_full_path(parts.path, *_PATHS[dialect]))
    return urlunsplit(parts if parts.path else parts._replace(path="/"))


def _full_path(path: str, version: str, questions: str) -> str:
    base = path.rstrip("/")
    if base.endswith(questions):
        return path
    return base + questions if base.endswith(version) else base + version + questions


def _gemini_path(path: str, model: str) -> str:
    if ":streamGenerateContent" in path or "/interactions" in path:
        return path
    versioned = path if path.rpartition("/")[2].startswith("v1") else f"{path}/v1beta"
    return f"{versioned}/models/{model}:streamGenerateContent"


def _flowise_path(path: str, flow: str) -> str:
    base = path.rstrip("/")
    if base and not base.endswith("/api/v1"):
        return path
    if flow == _USUAL_MODEL:
        raise AddressError("The address names no flow: write flowise:http://HOST:PORT#FLOW-ID.")
    return f"{base or '/api/v1'}/prediction/{flow}"


def _mastra_path(path: str, agent: str) -> str:
    base = path.rstrip("/")
    if base and not base.endswith("/api"):
        return path
    if agent == _USUAL_MODEL:
        raise AddressError("The address names no agent: write mastra:http://HOST:PORT#AGENT-ID.")
    return f"{base or '/api'}/agents/{agent}/stream"


def _gemini_query(query: str) -> str:
    if "alt=" in query:
        return query
    return f"{query}&alt=sse" if query else "alt=sse"
