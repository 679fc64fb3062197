"""Grants: what they stand for, and when they end."""

from backend.access.grants import GRANT_VALID_S, Grants
from backend.access.signing_key import SigningKey
from backend.access.tokens import NamedToken, digest_of


def test_a_grant_stands_for_its_token_until_either_ends() -> None:
    now = [1000.0]
    grants = Grants(SigningKey(), lambda: now[0])
    ana, renewed = (NamedToken("ana", "steer", digest_of(secret)) for secret in ("one", "two"))
    grant = grants.make(ana)
    assert grants.token_of(grant, (renewed, ana)) == ana
    assert grants.token_of(grant, (renewed,)) is None, "another token of the same name"
    assert grants.token_of(f"{grant[:-1]}~", (ana,)) is None
    assert Grants(SigningKey(), lambda: 0.0).token_of(grant, (ana,)) is None, "another server's"
    now[0] += GRANT_VALID_S + 1
    assert grants.token_of(grant, (ana,)) is None
