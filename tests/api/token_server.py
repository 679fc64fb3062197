"""A backend with one token for every role, and callers who have them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from backend.access.tokens import TokenFile, new_secret
from backend.agents.agent import AgentProvider
from backend.protocol.roles import ROLES
from backend.settings import StartSecrets
from tests.api.backend_server import BackendServer


class TokenServer(BackendServer):
    """Has tokens named like their roles, one named ``other`` with the role ``steer``, and a UI's credential."""

    def __init__(self, folder: Path, providers: Iterable[AgentProvider], **settings: Any) -> None:
        self.file = TokenFile(folder / "tokens.json")
        self.tokens: dict[str, str] = {role: self.file.add(role, role, "") for role in ROLES}
        self.tokens["other"] = self.file.add("other", "steer", "")
        self.ui_key, self.code = new_secret(), new_secret()
        super().__init__(
            folder / "data",
            providers,
            **settings,
            token_file=self.file.path,
            start_secrets=StartSecrets(host_token=new_secret(), ui_keys=(self.ui_key,), codes=(self.code,)),
        )

    @contextmanager
    def called_by(self, name: str | None) -> Iterator[httpx2.Client]:
        """A client with the token of that name; None = without any."""
        headers = {} if name is None else bearer(self.tokens[name])
        with self.client() as client:
            client.headers.update(headers)
            yield client


def bearer(token: str) -> dict[str, str]:
    """The header that sends a token."""
    return {"Authorization": f"Bearer {token}"}
