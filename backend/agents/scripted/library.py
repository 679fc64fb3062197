"""Scenarios by name: those that come with Playhead, and those in a folder of the user.

A file is read when it is first asked for and again when it has changed on disk.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from backend.agents.scripted.loading import load_scenario
from backend.agents.scripted.scenario import Scenario
from backend.yaml_lines.complaints import SourceError

BUNDLED_DIR = Path(__file__).parent / "scenarios"
SUFFIXES = (".yaml", ".yml")
FIRST = "happy_path"
"""The scenario to begin with."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


@dataclass(frozen=True, slots=True)
class _Read:
    """The content of a file with this modification time and this size."""

    version: tuple[int, int]
    scenario: Scenario | SourceError


@dataclass(slots=True)
class ScenarioLibrary:
    """Scenarios by name, a file's name without its ending. A user's scenario replaces a bundled one of its name.

    Blocking: it reads files. ``folder`` is the user's, or None.
    """

    folder: Path | None = None
    _cache: dict[Path, _Read] = field(default_factory=dict)

    def names(self) -> list[str]:
        """The names of all files, broken ones included: the happy path first, then in order."""
        return sorted(self._files(), key=_order)

    def scenarios(self) -> dict[str, Scenario]:
        """Every scenario that can be played, in the order of ``names``."""
        files = self._files()
        read = {name: self._read(files[name]) for name in sorted(files, key=_order)}
        return {name: scenario for name, scenario in read.items() if isinstance(scenario, Scenario)}

    def find(self, name: str) -> Scenario | None:
        """The scenario of that name, or None. Raises ``SourceError`` if its file is malformed."""
        path = self._files().get(name)
        if path is None:
            return None
        found = self._read(path)
        if isinstance(found, SourceError):
            raise found
        return found

    def warnings(self) -> list[str]:
        """A sentence for everything in the user's folder that is not offered, or not as expected."""
        if self.folder is None:
            return []
        if not self.folder.is_dir():
            return [f"The scenarios folder {self.folder} does not exist or is not a folder."]
        bundled = dict(_files_in(BUNDLED_DIR))
        files = list(_files_in(self.folder))
        found = [
            f"The scenario is left out: {read}"
            for read in (self._read(path) for _, path in files)
            if isinstance(read, SourceError)
        ]
        found += [
            f"{path.name} is used instead of the bundled scenario {name!r}." for name, path in files if name in bundled
        ]
        found += [
            f"{path.name} is left out: name a scenario's file with letters, digits, - and _ only."
            for path in sorted(self.folder.iterdir())
            if path.suffix in SUFFIXES and not _NAME.fullmatch(path.stem)
        ]
        return found

    def _files(self) -> dict[str, Path]:
        own = _files_in(self.folder) if self.folder is not None and self.folder.is_dir() else ()
        return {**dict(_files_in(BUNDLED_DIR)), **dict(own)}

    def _read(self, path: Path) -> Scenario | SourceError:
        try:
            status = path.stat()
        except OSError as error:
            return SourceError(path.name, 1, f"the file cannot be read ({error.strerror or error}).")
        version = (status.st_mtime_ns, status.st_size)
        cached = self._cache.get(path)
        if cached is None or cached.version != version:
            try:
                cached = _Read(version, load_scenario(path))
            except SourceError as error:
                cached = _Read(version, error)
            self._cache[path] = cached
        return cached.scenario


def _files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Names and files of a folder, in order; of two with one name, the .yaml file."""
    for suffix in reversed(SUFFIXES):
        for path in sorted(folder.glob(f"*{suffix}")):
            if _NAME.fullmatch(path.stem) and path.is_file():
                yield path.stem, path


def _order(name: str) -> tuple[bool, str]:
    return name != FIRST, name
