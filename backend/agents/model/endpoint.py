"""The model of pydantic-ai for a name, with the key and the address from the environment.

pydantic-ai is imported in the functions: that takes seconds, and only users of a model wait for it.
"""

from typing import TYPE_CHECKING, Any

import httpx2

from backend.agents.model.connection import REPLY_S
from backend.agents.model.naming import ModelName, ModelUnusableError, base_url_of, key_of
from backend.network.http_client import tls

if TYPE_CHECKING:
    from pydantic_ai.models import Model


def connect(model: ModelName, client: httpx2.AsyncClient) -> "Model[Any]":
    """The model, ready to be asked with this client; nothing is sent yet.

    Raises ``ModelUnusableError`` if the key is missing or the provider's package refuses its arguments.
    """
    from pydantic_ai.exceptions import UserError

    try:
        return _BUILDERS[model.provider](model.name, key_of(model), base_url_of(model), client)
    except (UserError, ValueError) as error:
        raise ModelUnusableError(f"{model} cannot be used: {' '.join(str(error).split())}") from error


def _openai_chat(name: str, key: str, base_url: str, client: httpx2.AsyncClient) -> "Model[Any]":
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai import OpenAIProvider

    # A stream without a finish reason was cut off; by default it would pass as complete.
    strict = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
    provider = OpenAIProvider(base_url=base_url, api_key=key, http_client=client)
    return OpenAIChatModel(name, provider=provider, profile=strict)


def _openai_responses(name: str, key: str, base_url: str, client: httpx2.AsyncClient) -> "Model[Any]":
    from pydantic_ai.models.openai import OpenAIResponsesModel
    from pydantic_ai.providers.openai import OpenAIProvider

    return OpenAIResponsesModel(name, provider=OpenAIProvider(base_url=base_url, api_key=key, http_client=client))


def _anthropic(name: str, key: str, base_url: str, client: httpx2.AsyncClient) -> "Model[Any]":
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    return AnthropicModel(name, provider=AnthropicProvider(base_url=base_url, api_key=key, http_client=client))


def _google(name: str, key: str, base_url: str, client: httpx2.AsyncClient) -> "Model[Any]":
    from google.genai import Client
    from google.genai.types import HttpOptions
    from pydantic_ai.models import get_user_agent
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    options = HttpOptions(
        base_url=base_url,
        headers={"user-agent": get_user_agent()},
        httpx_async_client=client,
        # Without it the package makes one, which is never used but would read the environment's proxies.
        httpx_client=httpx2.Client(trust_env=False, verify=tls()),
        timeout=int(REPLY_S * 1000),
    )
    return GoogleModel(name, provider=GoogleProvider(client=Client(vertexai=False, api_key=key, http_options=options)))


def _ollama(name: str, key: str, base_url: str, client: httpx2.AsyncClient) -> "Model[Any]":
    from pydantic_ai.models.ollama import OllamaModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.ollama import OllamaProvider

    strict = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
    provider = OllamaProvider(base_url=base_url, api_key=key, http_client=client)
    return OllamaModel(name, provider=provider, profile=strict)


_BUILDERS = {
    "openai": _openai_chat,
    "openai-responses": _openai_responses,
    "anthropic": _anthropic,
    "google": _google,
    "gemini": _google,
    "ollama": _ollama,
}
