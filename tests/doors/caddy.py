"""Debian's Caddy on loopback, with the example of the deploy folder."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from backend.launch.child import ChildProcess
from backend.launch.ports import free_port
from tests.conftest import missing
from tests.doors.nginx import ROOT, USUAL_PORTS, make_certificate

EXAMPLE = ROOT / "deploy" / "Caddyfile"


def caddy_path() -> str:
    """The program, or a skip with the reason."""
    found = shutil.which("caddy", path=f"{os.environ.get('PATH', '')}:/usr/local/bin")
    if found is None:
        missing("There is no Caddy on this machine: install it (Debian: caddy).")
    return found


@contextmanager
def running_caddy(folder: Path, ports: Mapping[str, int], example_port: int) -> Iterator[Path]:
    """Caddy in front of the listeners at these ports, over TLS at ``https://localhost:<example_port>``, while inside;
    all that it writes is under ``folder``. Gives its certificate."""
    program = caddy_path()
    folder.mkdir()
    certificate, key = make_certificate(folder)
    text = EXAMPLE.read_text(encoding="utf-8")
    site = re.compile(r"^\{\$PLAYHEAD_HOST:.*\} \{$", re.MULTILINE)
    assert len(site.findall(text)) == 1
    text = site.sub(f"https://localhost:{example_port} {{\n\tbind 127.0.0.1\n\ttls {certificate} {key}", text)
    probe = free_port()
    options = f"{{\n\tadmin off\n\tauto_https off\n\tstorage file_system {folder}\n}}\n"
    (folder / "Caddyfile").write_text(
        f"{options}http://127.0.0.1:{probe} {{\n\trespond 204\n}}\n{text}", encoding="utf-8"
    )
    environment = {f"PLAYHEAD_{name.upper()}": f"127.0.0.1:{ports.get(name, 9)}" for name in USUAL_PORTS}
    command = [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    with ChildProcess("Caddy", command, env={**environment, "HOME": str(folder)}) as process:
        process.wait_until_ready(f"http://127.0.0.1:{probe}/", 30.0)
        yield certificate
