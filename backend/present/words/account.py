"""Words about who is signed in."""

from typing import Final

SIGN_IN: Final = "Sign in"
SIGNED_IN: Final = "You are signed in as {name}. Your role is {role}."
SIGN_OUT: Final = "Sign out"
ACCOUNT: Final = "Signed in as {name}"
FAILED: Final = "The server did not answer: try again in a moment."

SCRIPT_WORDS: Final[dict[str, str]] = {
    "sign_in": SIGN_IN,
    "signed_in": SIGNED_IN,
    "sign_out": SIGN_OUT,
    "account": ACCOUNT,
    "failed": FAILED,
}
"""All of them by the names that the pages' script knows them by."""
