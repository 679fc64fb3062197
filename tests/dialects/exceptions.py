"""Where what we read of a recorded stream differs from its index, and why: read by ``test_recorded_streams``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """What we read instead of what the index says; None where both agree."""

    reason: str
    citations: int | None = None
    tools: int | None = None
    """Different names of tools."""
    outcome: str | None = None
    text_chars: int | None = None
    """Code points of the answer."""


_TWICE_TOLD = "the index counts the block with a search's result as a tool beside its call: for us it ends the call"
_NAMELESS = "the index counts chunks of a call that repeat no name as a tool of their own"

_THINKS = "the model writes what it thinks into its text: the index counts it as answer"
_PARTED = "the answer has several texts: for us they are separate paragraphs"

_AG_UI = "ag-ui-protocol_ag-ui/"

_ASKS_A_PERSON = "the run stops to ask a person: for us it has no end of its own until somebody answers"

DIFFERENCES = {
    "vercel_ai/google__google-stream-tool-call-arguments.sse": Difference(_NAMELESS, tools=1),
    "generated_by_pydantic-ai/vercel__test_google_model_file_search_tool_stream.3.sse": Difference(_NAMELESS, tools=2),
    "generated_by_pydantic-ai/vercel__test_google_model_web_search_tool_stream.0.sse": Difference(_NAMELESS, tools=1),
    "generated_by_pydantic-ai/vercel__test_openai_include_raw_annotations_streaming.1.sse": Difference(
        _NAMELESS, tools=1
    ),
    "vercel_ai/uimessage__langgraph-hitl-request-2.sse": Difference(_NAMELESS, tools=1),
    "generated_by_pydantic-ai/vercel__test_openrouter_stream_error.0.sse": Difference(
        "the index looks for no errors in this dialect; the stream has a chunk of type error", outcome="failed"
    ),
    "pydantic_pydantic-ai/test_google_test_google_model_web_search_tool_stream.0.sse": Difference(
        "one range names two sources: the index counts the range, we count both sources", citations=9
    ),
    "pydantic_pydantic-ai/test_anthropic_test_pause_turn_web_search_streaming_vcr.0.sse": Difference(
        f"{_TWICE_TOLD}; {_PARTED}", tools=1, text_chars=170
    ),
    "pydantic_pydantic-ai/test_anthropic_test_pause_turn_web_search_streaming_vcr.1.sse": Difference(
        f"{_TWICE_TOLD}; {_PARTED}", tools=1, text_chars=3072
    ),
    "pydantic_pydantic-ai/test_anthropic_test_anthropic_text_parts_ahead_of_built_in_tool_call.1.sse": Difference(
        f"{_TWICE_TOLD}; {_PARTED}", tools=1, text_chars=338
    ),
    "pydantic_pydantic-ai/test_anthropic_test_anthropic_text_parts_ahead_of_built_in_tool_call.2.sse": Difference(
        f"{_TWICE_TOLD}; {_PARTED}", tools=1, text_chars=399
    ),
    "pydantic_pydantic-ai/test_anthropic_test_anthropic_web_search_tool_stream.0.sse": Difference(
        f"{_TWICE_TOLD}; {_PARTED}", tools=1, text_chars=1794
    ),
    "pydantic_pydantic-ai/test_tool_search_test_anthropic_native_tool_search_streaming.0.sse": Difference(
        f"{_TWICE_TOLD}; {_PARTED}", tools=2, text_chars=160
    ),
    "pydantic_pydantic-ai/test_groq_test_groq_model_thinking_part_iter.0.sse": Difference(_THINKS, text_chars=2051),
    "pydantic_pydantic-ai/test_huggingface_test_hf_model_thinking_part_iter.0.sse": Difference(
        _THINKS, text_chars=2556
    ),
    "CopilotKit_CopilotKit/single-tool-call.sse": Difference(_PARTED, text_chars=43),
    "generated_by_pydantic-ai/vercel__test_anthropic_web_search_tool_stream.0.sse": Difference(
        _PARTED, text_chars=1794
    ),
    "generated_by_pydantic-ai/vercel__test_pause_turn_web_search_streaming_vcr.1.sse": Difference(
        _PARTED, text_chars=3072
    ),
    "vercel_ai/anthropic__anthropic-web-search-tool.1.sse": Difference(
        f"{_TWICE_TOLD}; two of its citations repeat address, quote and range of another", citations=12, tools=1
    ),
    "vercel_ai/anthropic__anthropic-fallback.sse": Difference(
        "that another model answers is a warning, and no tool", tools=0
    ),
    f"{_AG_UI}Step09_InterruptsApproval__PostRun_DeleteRequest_EmitsInterruptThenResumes__Turn_01.sse": Difference(
        _ASKS_A_PERSON, outcome="interrupted"
    ),
    f"{_AG_UI}Step10_InterruptsUserInput__PostRun_SetupRequest_EmitsInputInterruptThenResumes__Turn_01.sse": Difference(
        _ASKS_A_PERSON, outcome="interrupted"
    ),
    "vercel_ai/uimessage__langgraph-hitl-request-1.sse": Difference(_ASKS_A_PERSON, outcome="interrupted"),
    "traceloop_openllmetry/test_chat_test_cohere_v2_chat_legacy_with_tool_calls_and_streaming.0.sse": Difference(
        "the index counts calls of tools as one tool, whatever their names", tools=2
    ),
    "vercel_ai/openai__openai-shell-container.1.sse": Difference(
        "the index counts the output of a call as a tool beside it", tools=1
    ),
}
"""By the file's name in the index."""
