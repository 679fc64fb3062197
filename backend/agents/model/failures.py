"""The failures of a provider, each as one sentence with the next action."""

import os
from typing import TypeVar

from backend.agents.agent import AgentFailure
from backend.agents.model.naming import ModelName, address_of, speaker_of
from backend.agents.model.unstreamed import UnstreamedError
from backend.dialects.dialect import STREAM_CUT
from backend.network.http_client import ProxyFailure

Cause = TypeVar("Cause", bound=Exception)

_MOST_QUOTED = 300
"""Characters quoted from the provider."""

UNREADABLE = "model_reply_unreadable"
"""The code for a reply that pydantic-ai, or a tool, could not read: the log has the details."""


def cut_stream() -> AgentFailure:
    """The provider's stream broke off."""
    return AgentFailure("stream_cut", STREAM_CUT, retryable=True, outcome="interrupted")


def filtered() -> AgentFailure:
    """The provider's content filter stopped the answer."""
    message = "The provider's content filter stopped the answer: ask in other words, or about something else."
    return AgentFailure("content_filter", message)


def failure_of(error: Exception, model: ModelName) -> AgentFailure:
    """The failure that a reader may see."""
    from pydantic_ai import exceptions

    if isinstance(error, AgentFailure):
        return error
    unstreamed = _cause_in(error, UnstreamedError)
    if unstreamed is not None:
        return _unstreamed_failure(unstreamed, model)
    proxy = _cause_in(error, ProxyFailure)
    if proxy is not None:
        return AgentFailure("provider_unreachable", proxy.sentence, retryable=True)
    if isinstance(error, exceptions.ContentFilterError):
        return filtered()
    if isinstance(error, exceptions.ModelAPIError):
        return _provider_failure(error, model)
    if isinstance(error, exceptions.UsageLimitExceeded):
        message = "The model kept calling tools without reaching an answer: ask for less at once."
        return AgentFailure("too_many_requests", message)
    if isinstance(error, exceptions.OutputTokenLimitExceeded):
        message = "The model reached its limit of tokens before it wrote anything: ask for less, or use another model."
        return AgentFailure("token_limit", message)
    if isinstance(error, exceptions.UnexpectedModelBehavior):
        if "ended without content" in str(error):
            return cut_stream()
        return AgentFailure("model_reply_unusable", f"The reply of {model} could not be used: {_quoted(str(error))}")
    if isinstance(error, exceptions.UserError):
        return AgentFailure("model_refused_settings", f"{model} cannot be used like this: {_quoted(str(error))}")
    kind = type(error).__name__
    message = f"The reply of {model} could not be read ({kind}): ask again; the server's log has the details."
    return AgentFailure(UNREADABLE, message, retryable=True)


def _provider_failure(error: Exception, model: ModelName) -> AgentFailure:
    """The failure for an error of the provider or of the connection to it, the special kinds before the general."""
    from pydantic_ai import exceptions

    who, said, status = speaker_of(model), _said(error), _status(error)
    match error:
        case exceptions.ModelAuthenticationError():
            keys = " or ".join(model.about.keys)
            return AgentFailure("provider_key_refused", f"{who} refuses the key{status}: check {keys}.{said}")
        case exceptions.ModelNotFoundError():
            message = f"{who} has no model {model.name!r}{status}: check its name, and {model.about.base_url} if set."
            return AgentFailure("provider_model_unknown", message + said)
        case exceptions.ModelContextWindowExceededError():
            message = f"The question and what was read for it are too long for {model}: begin a new conversation."
            return AgentFailure("context_too_long", message)
        case exceptions.ModelQuotaExceededError():
            message = f"{who} says that the account's quota is used up{status}: check its plan and billing.{said}"
            return AgentFailure("provider_quota", message)
        case exceptions.ModelRateLimitError(retry_after=wait):
            when = f"in {wait:.0f} s" if wait else "in a moment"
            message = f"{who} accepts no more requests now{status}: try again {when}.{said}"
            return AgentFailure("provider_rate_limit", message, retryable=True)
        case exceptions.ModelUnavailableError() | exceptions.ModelServerError():
            message = f"{who} has a fault or is overloaded{status}: try again in a moment.{said}"
            return AgentFailure("provider_error", message, retryable=True)
        case exceptions.ModelRequestRejectedError():
            return AgentFailure("provider_refused", f"{who} refuses the request{status}.{said}")
        case exceptions.ModelTimeoutError() | exceptions.ModelRequestTimeout():
            message = f"{who} did not answer in time: try again."
            return AgentFailure("provider_timeout", message, retryable=True, outcome="timed_out")
        case exceptions.ModelConnectionError(phase="connect" | "pool"):
            where = address_of(model)
            message = (
                f"{model.about.label} cannot be reached at {where}: check {model.about.base_url} and whether it runs."
            )
            return AgentFailure("provider_unreachable", message, retryable=True)
        case exceptions.ModelConnectionError():
            return cut_stream()
        case exceptions.ModelAPIError() if "finish_reason" in str(error) and error.body is None:
            return cut_stream()
    return AgentFailure("provider_error", f"{who} reports an error{status}.{said}", retryable=True)


def _cause_in(error: BaseException, kind: type[Cause]) -> Cause | None:
    """The error of this kind that caused the error, if one did."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, kind):
        cause = cause.__cause__
    return cause


def _unstreamed_failure(reply: UnstreamedError, model: ModelName) -> AgentFailure:
    who, variable = speaker_of(model), model.about.base_url
    if not reply.kind:
        message = f"{who} redirects to {reply.location}: put that address into {variable}."
        return AgentFailure("provider_moved", message)
    if not reply.error:
        message = f"{who} answers with {reply.kind}, which is not a stream: check {variable} and whether it streams."
        return AgentFailure("provider_no_stream", message)
    said = reply.error.get("message")
    words = f" It says: {_quoted(said)}" if isinstance(said, str) and said.strip() else ""
    if any("quota" in str(reply.error.get(name)).lower() for name in ("code", "type")):
        message = f"{who} says that the account's quota is used up: check its plan and billing.{words}"
        return AgentFailure("provider_quota", message)
    return AgentFailure("provider_error", f"{who} reports an error.{words}", retryable=True)


def _status(error: Exception) -> str:
    from pydantic_ai.exceptions import ModelHTTPError

    if isinstance(error, ModelHTTPError):
        return f" ({error.status_code}, within the stream)" if error.in_stream else f" ({error.status_code})"
    return ""


def _said(error: Exception) -> str:
    """The provider's own words, if there are any."""
    from pydantic_ai.exceptions import ModelAPIError, ModelHTTPError

    body = error.body if isinstance(error, ModelAPIError) else None
    inner = body.get("error", body) if isinstance(body, dict) else body
    text = inner.get("message") if isinstance(inner, dict) else inner
    if not isinstance(text, str) and not isinstance(error, ModelHTTPError):
        text = str(error)
    return f" It says: {_quoted(text)}" if isinstance(text, str) and text.strip() else ""


def _quoted(text: str) -> str:
    """The text on one line, short, and without the key: some servers repeat it."""
    words = " ".join(text.split())
    for name, value in os.environ.items():
        if name.endswith("_API_KEY") and len(value) > 8:
            words = words.replace(value, "…")
    short = words if len(words) <= _MOST_QUOTED else f"{words[:_MOST_QUOTED]}…"
    return short if short.endswith((".", "!", "?", "…")) else f"{short}."
