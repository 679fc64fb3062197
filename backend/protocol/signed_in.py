"""What the backend says to a UI about a person who signed in."""

from pydantic import BaseModel, ConfigDict, Field

from backend.protocol.roles import Role


class PersonalGrant(BaseModel):
    """A person who signed in. ``grant`` is a secret of the UI, which sends it with what it asks for that person."""

    model_config = ConfigDict(frozen=True)

    grant: str = Field(repr=False)
    name: str
    role: Role
