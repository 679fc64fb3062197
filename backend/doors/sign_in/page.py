"""The form with which a person signs in, and the one with which they sign out. It loads nothing."""

import base64
import hashlib
from functools import cache
from html import escape
from importlib.resources import files

from starlette.responses import HTMLResponse

from backend.doors.sign_in.authority import SignedInPerson

_AWAY = 'data-away="The server does not answer: try again in a moment."'
_FORM = (
    f'<form method="post" action="{{action}}" data-pages="{{pages}}" {_AWAY}>'
    '<label for="token">Your token</label>'
    '<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>'
    '<button>Sign in</button><p role="alert"></p></form>'
    "<p>You get a token from the person who runs this server.</p>"
)
_SIGNED_IN = (
    '<p>You are signed in as <strong>{name}</strong> ({role}).</p><p><a href="{pages}">Open Playhead</a></p>'
    f'<form method="post" action="{{action}}" data-leaves="1" {_AWAY}>'
    '<button>Sign out</button><p role="alert"></p></form>'
)


def sign_in_form(root_path: str, status: int) -> HTMLResponse:
    """The page with the form. ``root_path`` is the path below which the UI is reached."""
    return _page(_FORM.format(action=escape(f"{root_path}/sign-in"), pages=escape(f"{root_path}/")), status)


def signed_in_page(root_path: str, person: SignedInPerson) -> HTMLResponse:
    """The page for who is signed in already."""
    name, role = escape(person.name), escape(person.role)
    content = _SIGNED_IN.format(
        name=name, role=role, action=escape(f"{root_path}/sign-out"), pages=escape(f"{root_path}/")
    )
    return _page(content, 200)


def _page(content: str, status: int) -> HTMLResponse:
    template, style, script = (_text(name) for name in ("sign_in.html", "sign_in.css", "sign_in.js"))
    page = template.replace("STYLE", style).replace("SCRIPT", script).replace("CONTENT", content)
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return HTMLResponse(page, status, headers)


@cache
def _text(name: str) -> str:
    return files("backend.doors.sign_in").joinpath(name).read_text(encoding="utf-8").rstrip("\n")


@cache
def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
