"""Debian's nginx on loopback: the example of the documents, and servers with the defaults that people leave."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.launch.child import ChildProcess
from backend.launch.ports import free_port
from tests.conftest import missing

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "nginx.conf"
USUAL_PORTS = {"backend": 8750, "gradio": 7860, "streamlit": 8501}

_AROUND = """
daemon off; {user} pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ # All defaults: buffering, HTTP/1.0 to the server behind; and everything compressed.
    listen 127.0.0.1:{plain}; gzip on; gzip_proxied any; gzip_types *; gzip_min_length 1;
    location / {{ proxy_pass http://127.0.0.1:{backend}; }}
  }}
  server {{ # Impatient.
    listen 127.0.0.1:{impatient};
    location / {{ proxy_pass http://127.0.0.1:{backend}; proxy_read_timeout 2s; }}
  }}
  server {{ # The prefix is left in the path.
    listen 127.0.0.1:{kept};
    location /api/ {{ proxy_pass http://127.0.0.1:{backend}; proxy_set_header X-Forwarded-Prefix /api; }}
  }}
  {text}
}}
"""


@dataclass(frozen=True)
class Nginx:
    """Addresses of its servers. ``example`` is that of the example, over TLS with ``certificate``."""

    plain: str
    impatient: str
    kept: str
    example: str
    certificate: Path


def nginx_path() -> str:
    """The program, or a skip with the reason."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        missing("There is no nginx on this machine: install it (Debian: nginx-light).")
    return found


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost and its key, in the folder."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key


@contextmanager
def running_nginx(
    folder: Path, ports: Mapping[str, int], example_port: int | None = None, example_host: str = "127.0.0.1"
) -> Iterator[Nginx]:
    """nginx in front of the listeners at these ports, while inside; all that it writes is under ``folder``.

    ``example_port`` is where the example listens, where that has to be known before, and ``example_host`` the address.
    """
    program = nginx_path()
    folder.mkdir()
    certificate, key = make_certificate(folder)
    own = {name: free_port() for name in ("plain", "impatient", "kept", "example")}
    own["example"] = example_port or own["example"]
    text = EXAMPLE.read_text(encoding="utf-8")
    text = text.replace("listen 443 ssl", f"listen {example_host}:{own['example']} ssl")
    text = re.sub(r"ssl_certificate .*;", f"ssl_certificate {certificate};", text)
    text = re.sub(r"ssl_certificate_key .*;", f"ssl_certificate_key {key};", text)
    for name, usual in USUAL_PORTS.items():
        text = text.replace(f":{usual}/", f":{ports.get(name, 9)}/")
    # Its workers would otherwise be a user who may not enter the folder of a test.
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(
        _AROUND.format(folder=folder, user=user, text=text, backend=ports["backend"], **own), encoding="utf-8"
    )
    with ChildProcess("nginx", [program, "-p", str(folder), "-c", str(configuration)]) as process:
        process.wait_until_ready(f"http://127.0.0.1:{own['plain']}/healthz", 30.0)
        http = {name: f"http://127.0.0.1:{port}" for name, port in own.items()}
        http["example"] = f"https://localhost:{own['example']}"
        yield Nginx(**http, certificate=certificate)
