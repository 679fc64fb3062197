"""The page of examples/nextjs: built once for its sources, and served on a free port."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.launch.ports import free_port
from tests.child_process import child_process
from tests.conftest import ROOT

EXAMPLE = ROOT / "examples" / "nextjs"
BUILT = ".built"
_NOT_SOURCES = shutil.ignore_patterns("node_modules", ".next", "next-env.d.ts", "*.tsbuildinfo")


class NotInstalled(Exception):
    """npm could not install what the page's lock names; the message is npm's."""


def build(cache: Path) -> tuple[Path, str]:
    """A copy of the example that is built, and what the build printed. One that was built from the same sources before
    is taken as it is."""
    folder = cache / _fingerprint()
    if not (folder / BUILT).is_file():
        shutil.rmtree(cache)
        shutil.copytree(EXAMPLE, folder, ignore=_NOT_SOURCES)
        installed = _npm(folder, "ci", "--ignore-scripts", "--prefer-offline", "--loglevel=error")
        if installed.returncode != 0:
            raise NotInstalled(installed.stdout)
        made = _npm(folder, "run", "build")
        assert made.returncode == 0, made.stdout
        (folder / BUILT).write_text(made.stdout, encoding="utf-8")
    return folder, (folder / BUILT).read_text(encoding="utf-8")


@contextmanager
def served(node: str, folder: Path, backend_url: str) -> Iterator[str]:
    """The address at which ``next start`` serves the page that asks this backend."""
    port = free_port()
    command = [node, "node_modules/next/dist/bin/next", "start", "--hostname", "127.0.0.1", "--port", str(port)]
    environment = {"PLAYHEAD_URL": backend_url, "NEXT_TELEMETRY_DISABLED": "1"}
    with child_process(command, errors=subprocess.STDOUT, cwd=folder, environment=environment) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ready" in line:
                break
        else:
            raise AssertionError("".join(said))
        yield f"http://127.0.0.1:{port}"


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(EXAMPLE):
        left_out = _NOT_SOURCES(folder, [*folders, *names])
        folders[:] = sorted(set(folders) - left_out)
        for name in sorted(set(names) - left_out):
            path = Path(folder, name)
            digest.update(f"{path.relative_to(EXAMPLE)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _npm(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["npm", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
