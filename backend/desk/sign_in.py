"""The authority behind the door of a UI: the backend."""

from backend.client.errors import ClientError
from backend.client.run_client import RunClient
from backend.client.sign_in import SignInCalls
from backend.doors.sign_in.authority import CredentialRefusedError, SignedInPerson
from backend.network.credentials import acting_for


class BackendAuthority:
    """Implements ``Authority`` over the backend at an address."""

    def __init__(self, backend: str) -> None:
        self._door = SignInCalls(backend)
        self._runs = RunClient(backend)

    async def sign_in(self, *, token: str = "", code: str = "") -> SignedInPerson:
        """See ``Authority.sign_in``."""
        try:
            grant = await self._door.sign_in(token=token, code=code)
        except ClientError as error:
            raise CredentialRefusedError(error.sentence) from error
        return SignedInPerson(grant.name, grant.role, grant.grant)

    async def shares(self, share_id: str) -> bool:
        """See ``Authority.shares``."""
        try:
            with acting_for(""):
                await self._runs.run(share_id)
        except ClientError:
            return False
        return True
