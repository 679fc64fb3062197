"""The model that ``PROVIDER:NAME`` names, and whether the environment has everything its provider needs.

Nothing is imported and no network is used here, so that a command can refuse a setting at once.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

from backend.dialects.addresses import not_a_key
from backend.extras import missing_package

SEARCH_VARIABLE = "PLAYHEAD_WEB_SEARCH"
"""The variable that lets the provider search the web itself, if it can."""

_SWITCHES = {"": False, "0": False, "false": False, "no": False, "off": False} | dict.fromkeys(
    ("1", "true", "yes", "on"), True
)


class ModelUnusableError(Exception):
    """The requested model cannot be used; the message is one sentence with the next action."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The name of a provider for people, and the environment variables for its key and address."""

    label: str
    keys: tuple[str, ...]
    """Variables that may contain the key; the first that is set counts."""
    base_url: str
    """The variable that may contain another address than the usual one."""
    usual_url: str
    """Its address if the environment names no other."""
    module: str
    """The provider's own package, which the extra installs."""
    keyless: bool = False
    """True if it needs no key even at its usual address."""


_OPENAI = Provider("OpenAI", ("OPENAI_API_KEY",), "OPENAI_BASE_URL", "https://api.openai.com/v1", "openai")
_ANTHROPIC = Provider(
    "Anthropic", ("ANTHROPIC_API_KEY",), "ANTHROPIC_BASE_URL", "https://api.anthropic.com", "anthropic"
)
_GOOGLE = Provider(
    "Gemini", ("GOOGLE_API_KEY", "GEMINI_API_KEY"), "GOOGLE_GEMINI_BASE_URL",
    "https://generativelanguage.googleapis.com", "google.genai",
)  # fmt: skip
_OLLAMA = Provider(
    "Ollama", ("OLLAMA_API_KEY",), "OLLAMA_BASE_URL", "http://localhost:11434/v1", "openai", keyless=True
)

PROVIDERS: Mapping[str, Provider] = {
    "openai": _OPENAI,
    "openai-responses": _OPENAI,
    "anthropic": _ANTHROPIC,
    "google": _GOOGLE,
    "gemini": _GOOGLE,
    "ollama": _OLLAMA,
}
"""By the word before the colon. ``openai`` is chat completions, which most other servers speak as well (vLLM,
llama.cpp, gateways): name theirs in OPENAI_BASE_URL."""


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model: the word for its provider, and its name at the provider."""

    provider: str
    name: str

    @property
    def about(self) -> Provider:
        """The facts about its provider."""
        return PROVIDERS[self.provider]

    def __str__(self) -> str:
        return f"{self.provider}:{self.name}"


def model_name(setting: str) -> ModelName:
    """Read ``PROVIDER:NAME``. Raises ``ModelUnusableError`` if the setting does not have this form."""
    provider, colon, name = (part.strip() for part in setting.partition(":"))
    if not colon or not name or provider not in PROVIDERS:
        raise ModelUnusableError(
            f"{setting!r} is not a model: give PROVIDER:NAME, such as openai:gpt-5 or ollama:llama3.2, with one of the "
            f"providers {', '.join(PROVIDERS)}."
        )
    return ModelName(provider, name)


def speaker_of(model: ModelName) -> str:
    """The name of the sender, to begin a sentence: the provider, or the server that the environment names instead."""
    host = _host_of(_address_in(model.about.base_url))
    return f"The server at {host}" if host else model.about.label


def address_of(model: ModelName) -> str:
    """The provider's address as a reader may see it, without secrets."""
    address = urlsplit(base_url_of(model))
    return f"{address.scheme}://{_host_of(address.geturl())}{address.path}"


def base_url_of(model: ModelName) -> str:
    """The address that the environment names for the provider, else its usual one.

    The provider's package cannot choose it: it takes an empty variable for an address.
    """
    return _address_in(model.about.base_url) or model.about.usual_url


def key_of(model: ModelName) -> str:
    """The key from the environment; a stand-in for a server of the user's own, which often needs none.

    Raises ``ModelUnusableError`` for a key that no header can carry, or if there is none and the provider's usual
    address is used.
    """
    about = model.about
    variable, key = next(
        ((name, value) for name in about.keys if (value := os.environ.get(name, "").strip())), ("", "")
    )
    if not (key.isascii() and key.isprintable()):
        raise ModelUnusableError(not_a_key(variable))
    if not key and not about.keyless and not _address_in(about.base_url):
        raise ModelUnusableError(
            f"{about.label} needs a key for {model}: set {' or '.join(about.keys)} in the environment, or "
            f"{about.base_url} for a server that needs none."
        )
    return key or "none"


def searches_the_web() -> bool:
    """True if the provider may search the web itself. Raises ``ModelUnusableError`` if the variable is neither on nor
    off."""
    given = os.environ.get(SEARCH_VARIABLE, "").strip().lower()
    if given not in _SWITCHES:
        raise ModelUnusableError(f"{SEARCH_VARIABLE} is {given!r}: set it to on or off.")
    return _SWITCHES[given]


def ensure_usable(setting: str) -> ModelName:
    """The model, if it can be used from here: its name has the right form, its package is installed, and it has its
    key.

    Raises ``ModelUnusableError``. The key itself is not tried.
    """
    model = model_name(setting)
    for module in ("pydantic_ai", model.about.module):
        if not _installed(module):
            raise ModelUnusableError(missing_package(f"The model {model}", module))
    _ensure_address(model)
    key_of(model)
    searches_the_web()
    return model


def _ensure_address(model: ModelName) -> None:
    """Raise ``ModelUnusableError`` for text that is not an address. The message does not show it: it may contain a
    key."""
    variable = model.about.base_url
    address = _address_in(variable)
    try:
        parts = urlsplit(address)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if address and not (named and address.isascii() and address.isprintable() and " " not in address):
        raise ModelUnusableError(f"{variable} contains no address: write it as http://HOST:PORT/PATH, or unset it.")


def _address_in(variable: str) -> str:
    return os.environ.get(variable, "").strip()


def _host_of(address: str) -> str:
    """Host and port, without a name and password before them."""
    return urlsplit(address).netloc.rpartition("@")[2]


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
