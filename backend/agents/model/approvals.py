"""A person decides: on tool calls that need an approval, and on what an MCP server asks while a tool runs."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastmcp.client.elicitation import ElicitResult
from pydantic_ai import DeferredToolRequests, DeferredToolResults, RunContext, ToolApproved, ToolDenied
from pydantic_ai.messages import ToolCallPart
from pydantic_ai.toolsets import ToolsetTool, WrapperToolset

from backend.agents.model.work import Work
from backend.agents.person import PersonAnswer, PersonRequest
from backend.protocol.inputs import ProposedTool

ANSWER_S = 900.0
"""How long a person has to decide; then the call is declined."""


async def approve_calls(ctx: RunContext[Work], requests: DeferredToolRequests) -> DeferredToolResults:
    """Ask for every call that needs an approval, all at once. Edited arguments are those that run."""
    work = ctx.deps
    await work.flush()
    decided = await asyncio.gather(*(_decided(ctx, call) for call in requests.approvals))
    return DeferredToolResults(
        approvals={call.tool_call_id: result for call, result in zip(requests.approvals, decided, strict=True)}
    )


async def _decided(ctx: RunContext[Work], call: ToolCallPart) -> ToolApproved | ToolDenied:
    work, proposed = ctx.deps, call.args_as_dict()
    definition = None if ctx.tool_manager is None else ctx.tool_manager.get_tool_def(call.tool_name)
    schema = None if definition is None else definition.parameters_json_schema
    answer = await work.context.ask(
        PersonRequest(
            f"Run the tool {call.tool_name}?",
            kind="approval",
            tool=ProposedTool(name=call.tool_name, arguments=proposed, editable=True, arguments_schema=schema),
            needs="approve",
            expires_s=ANSWER_S,
            step_id=work.narration.step_of(call.tool_call_id),
        )
    )
    if not answer.accepted:
        return ToolDenied(_denial(answer))
    if answer.arguments == proposed or not isinstance(answer.arguments, dict):
        return ToolApproved()
    work.narration.run_with(call.tool_call_id, answer.arguments)
    return ToolApproved(override_args=answer.arguments)


def _denial(answer: PersonAnswer) -> str:
    """What the model reads: nobody may take a refusal for a failure that is worth another try."""
    if answer.expired:
        return "Nobody approved this tool call in time. Do not call it again; continue without it."
    note = f" They say: {answer.note}" if answer.note else ""
    return f"A person declined this tool call. Do not call it again; continue without it.{note}"


@dataclass
class ServerRequests:
    """What one MCP server asks while its tools run. A server is shared by all runs and does not say for which of its
    calls it asks: while two runs call it, nobody can be asked."""

    name: str
    callers: list[Work] = field(default_factory=list)

    @asynccontextmanager
    async def calling(self, work: Work) -> AsyncIterator[None]:
        """The run calls a tool of the server."""
        self.callers.append(work)
        try:
            yield
        finally:
            self.callers.remove(work)

    async def elicit(self, message: str, _: object, params: Any, __: object) -> ElicitResult[Any]:
        """Ask the person of the run that calls: a form, or a yes where there is nothing to fill in. An
        address is shown and never fetched."""
        runs = {id(work): work for work in self.callers}
        if len(runs) != 1:
            return ElicitResult(action="decline")
        [work] = runs.values()
        await work.flush()
        schema = getattr(params, "requested_schema", None)
        answer = await work.context.ask(_form(f"{self.name} asks: {message}", schema, getattr(params, "url", None)))
        content = answer.value if answer.accepted and isinstance(answer.value, dict) else None
        return ElicitResult(action=answer.action, content=content)


def _form(prompt: str, schema: dict[str, Any] | None, url: str | None) -> PersonRequest:
    if schema is None or not schema.get("properties"):
        shown = prompt if url is None else f"{prompt}\n{url}"
        return PersonRequest(shown[:4000], kind="approval", expires_s=ANSWER_S)
    plain = json.loads(json.dumps(schema))
    return PersonRequest(prompt[:4000], kind="form", value_schema=plain, expires_s=ANSWER_S)


@dataclass
class CountedCalls(WrapperToolset[Work]):
    """A server's tools, each call of which is known to ``requests``."""

    requests: ServerRequests

    async def call_tool(
        self, name: str, tool_args: dict[str, Any], ctx: RunContext[Work], tool: ToolsetTool[Work]
    ) -> Any:
        """Call the tool."""
        async with self.requests.calling(ctx.deps):
            return await self.wrapped.call_tool(name, tool_args, ctx, tool)
