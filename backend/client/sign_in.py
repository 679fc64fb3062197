"""Signing people in, as a call of the backend; for a UI."""

from pydantic import TypeAdapter

from backend.client.calls import Calls
from backend.protocol.signed_in import PersonalGrant

_GRANT = TypeAdapter(PersonalGrant)


class SignInCalls(Calls):
    """What the door of a UI asks. The process needs a UI's key: see ``backend.network.credentials``."""

    async def sign_in(self, *, token: str = "", code: str = "") -> PersonalGrant:
        """The grant for who has this token or one-time code. Raises ``ProblemError`` (``wrong-token``)."""
        body = {"token": token} if token else {"code": code}
        return self._read(await self._send("POST", "/v1/sign-in", json=body), _GRANT)
