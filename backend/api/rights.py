"""What every call needs: one table, which the server enforces and from which the tests of rights are made.

A call is named by its operation id in the OpenAPI description; a command of the control channel needs what its call
needs. A call that is not in the table is a host's alone.
"""

from dataclasses import dataclass, replace
from typing import Final, TypeVar

from pydantic import BaseModel
from starlette.requests import HTTPConnection

from backend.access.callers import Caller, caller_now, set_caller
from backend.api.lacking_role import lacking, not_allowed, sign_in_first
from backend.api.services import Services, services_of
from backend.api.shared_runs import read_only, shared_run
from backend.protocol.roles import Role
from backend.protocol.share_ids import is_share
from backend.runs.review import UnknownShareError
from backend.runs.store import UnknownRunError

ReplyType = TypeVar("ReplyType", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Right:
    """What a call needs."""

    role: Role | None
    """None: nothing at all, also on a server with tokens."""
    own: Role | None = None
    """What it needs for a conversation that the caller's own token began, where that is less."""
    shared: bool = False
    """Whether it can be called with a share's id in place of the run's, by the share's role."""
    ui: bool = False
    """Whether it is for the UIs alone, which sign people in."""


CONTROL: Final = "control_session"
"""The operation of the control channel, whose token may come with its first command."""

OPERATIONS: Final = {
    "start": "start_run",
    "cancel": "cancel_run",
    "pause": "pause_run",
    "resume": "resume_run",
    "input": "answer_input",
    "message": "send_message",
    "withdraw": "withdraw_message",
    "presence": CONTROL,
    "playhead": "show_moment",
    "comment": "give_feedback",
    "comments": "list_feedback_of_run",
    "vote": "give_feedback",
    "reveal": "show_moment",
}
"""The call that each command of the control channel stands for."""

_OPEN: Final = Right(None)
_VIEW: Final = Right("view")
_STEER: Final = Right("steer")
_STEER_SHARED: Final = Right("steer", shared=True)
_HOST: Final = Right("host")

RIGHTS: Final[dict[str, Right]] = {
    "metrics": _VIEW,
    "health": _OPEN,
    "readiness": _OPEN,
    "sign_in": Right(None, ui=True),
    "who_am_i": _VIEW,
    # Lists have what the caller may see: for all but a host, what their own token began.
    "list_runs": _VIEW,
    "list_sessions": _VIEW,
    "list_feedback": _VIEW,
    "list_votes": _VIEW,
    "list_agents": _VIEW,
    "plan_run": _VIEW,
    "issue_participant": _OPEN,
    # Ids cannot be guessed: a caller who knows one was given it.
    "get_run": _VIEW,
    "follow_run": _VIEW,
    "get_recording": _VIEW,
    "get_session": _VIEW,
    "control_session": _VIEW,
    "control_run": _VIEW,
    "show_moment": _STEER,
    "list_inputs": Right("view", shared=True),
    "list_feedback_of_run": _VIEW,
    "give_feedback": Right("comment", shared=True),
    "start_run": _STEER,
    "upload_file": _STEER,
    "delete_file": _STEER,
    "import_recording": _STEER,
    "cancel_run": _STEER_SHARED,
    "pause_run": _STEER_SHARED,
    "resume_run": _STEER_SHARED,
    "send_message": _STEER_SHARED,
    "withdraw_message": _STEER_SHARED,
    # To accept what needs an approval takes one role more: see ``needed_to_answer``.
    "answer_input": _STEER_SHARED,
    "answer_only_input": _STEER_SHARED,
    "rename_session": Right("host", own="steer"),
    "delete_run": _HOST,
    "delete_session": _HOST,
    "delete_sessions": _HOST,
    "share_run": _HOST,
    "share_session": _HOST,
    "list_shares": _HOST,
    "withdraw_share": _HOST,
    # The id of a share is all that it takes.
    "get_shared_run": _OPEN,
    "list_shared_runs": _OPEN,
    "follow_shared_run": _OPEN,
    "get_shared_recording": _OPEN,
    "control_shared": _OPEN,
    "ag_ui_run": _STEER,
    "ag_ui_run_agent": _STEER,
    "ag_ui_rejoin": _VIEW,
    "ag_ui_rejoin_by_post": _VIEW,
    "ag_ui_cancel": _STEER,
    "ai_sdk_chat": _STEER,
    "ai_sdk_resume": _VIEW,
    "ai_sdk_cancel": _STEER,
    "openai_chat_completion": _STEER,
    "openai_response": _STEER,
    "openai_list_models": _VIEW,
    "openai_get_model": _VIEW,
}


def check_right(operation: str, caller: Caller, *, is_own: bool = False) -> None:
    """Raise a problem where the caller may not do it: 401 for a stranger, 403 for one whose role is too small.

    ``is_own``: whether it is about what the caller's own token began.
    """
    if caller.trusted:
        return
    right = RIGHTS.get(operation)
    if right is not None and right.role is None:
        if right.ui and not caller.is_ui:
            raise not_allowed("Only a UI of this server signs people in: use the token itself.")
        return
    if caller.role is None:
        raise sign_in_first()
    needed = "host" if right is None or right.role is None else right.own if is_own and right.own else right.role
    if not caller.may(needed):
        raise lacking(caller.role, needed)


def as_named(reply: ReplyType) -> ReplyType:
    """The reply about a run, by the share's id where the caller named the run by that."""
    through = caller_now().through
    return reply.model_copy(update={"run_id": through}) if through else reply


async def enforce(connection: HTTPConnection) -> None:
    """Enforce the table for the route that was found. A dependency of every route.

    A run that is named by a share's id is reached with the share's role, not with the caller's.
    """
    route = connection.scope["route"]
    operation = getattr(route, "operation_id", None) or route.name
    caller = caller_now()
    named = connection.path_params.get("run_id", "")
    if is_share(named):
        await _through_share(operation, named, caller, services_of(connection))
        return
    if caller.trusted or (operation == CONTROL and caller.role is None):
        # A stranger on the control channel has yet to say hello.
        return
    right = RIGHTS.get(operation)
    is_own = False
    if right is not None and right.own is not None and not caller.is_host:
        is_own = await _began(caller, connection.path_params.get("session_id", ""), services_of(connection))
    check_right(operation, caller, is_own=is_own)


async def _through_share(operation: str, name: str, caller: Caller, services: Services) -> None:
    right = RIGHTS.get(operation, _HOST)
    needed = right.role or "view"
    try:
        shared = await shared_run(services.store, name)
    except UnknownShareError:
        if needed == "view":
            raise UnknownRunError(name) from None
        raise read_only() from None
    if not right.shared:
        raise UnknownRunError(name) if needed == "view" else read_only()
    shared.check(needed)
    set_caller(replace(caller, role=shared.share.role, trusted=False, through=name))


async def _began(caller: Caller, session_id: str, services: Services) -> bool:
    """Whether the caller's token began the conversation."""
    return (await services.store.session(session_id)).began_by(caller.owner)
