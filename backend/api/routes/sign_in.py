"""Signing people in: what the UIs ask, and what everybody may ask about themselves."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from backend.access.callers import Caller, caller_now
from backend.access.gate import WrongCredentialError
from backend.api.lacking_role import wrong_token
from backend.api.problems import RequestProblem, problem_responses
from backend.api.services import ServicesOf
from backend.protocol.roles import Role
from backend.protocol.signed_in import PersonalGrant

router = APIRouter(tags=["access"])

Secret = Annotated[SecretStr, Field(max_length=200)]


class GivenCredential(BaseModel):
    """What a person signs in with: a token, or the one-time code of a link. One of the two."""

    model_config = ConfigDict(extra="forbid")

    token: Secret = SecretStr("")
    code: Secret = SecretStr("")


class CallerReply(BaseModel):
    """The caller as the server knows it: the name of the token, and what it may do."""

    name: str
    role: Role


@router.post(
    "/v1/sign-in",
    operation_id="sign_in",
    summary="Sign a person in",
    responses=problem_responses(401, 403, 404, 421, 422),
)
async def sign_in(given: GivenCredential, services: ServicesOf, response: Response) -> PersonalGrant:
    """For the UIs: gives a grant for the person who has this token or code. Sent as `Playhead-Grant` beside the UI's
    own token, it makes a call that person's. A code can be used once."""
    if services.gate is None:
        raise RequestProblem(404, "no-tokens", "This server has no tokens: everybody who reaches it is its host.")
    try:
        signed = services.gate.sign_in(token=given.token.get_secret_value(), code=given.code.get_secret_value())
    except WrongCredentialError as error:
        raise wrong_token() from error
    response.headers["Cache-Control"] = "no-store"
    return PersonalGrant(grant=signed.grant, name=signed.caller.owner, role=_role(signed.caller))


@router.get("/v1/me", operation_id="who_am_i", summary="Who the caller is", responses=problem_responses(401, 421))
async def who_am_i() -> CallerReply:
    """The name of the token and its role. On a server without tokens everybody is its host, without a name."""
    caller = caller_now()
    return CallerReply(name=caller.owner, role=_role(caller))


def _role(caller: Caller) -> Role:
    # The table of rights lets nobody through without one.
    return caller.role or "view"
