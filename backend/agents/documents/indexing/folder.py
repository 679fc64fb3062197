"""What is in a folder: the files that can be read, and why others are passed over. Reads no file."""

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import NamedTuple

from backend.agents.documents.readers import READERS, reader_for

MAX_FILES = 50_000
MAX_UNREAD = 10_000
_KINDS_NAMED = 5


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file (path within the folder, with forward slashes) that was not read, or not wholly, and why."""

    name: str
    reason: str
    in_part: bool = False

    def __str__(self) -> str:
        return f"{self.name} was {'read only in part' if self.in_part else 'skipped'}: {self.reason}."


class FoundFile(NamedTuple):
    """A file that can be read: its path within the folder, size in bytes and time of change in nanoseconds."""

    name: str
    size: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class FolderContent:
    """The files of a folder, by name, and those passed over for a reason worth telling."""

    files: tuple[FoundFile, ...]
    skipped: tuple[SkippedFile, ...]
    unread: tuple[str, ...] = ()
    """Names of files of kinds that are not read; at most ``MAX_UNREAD`` are listed."""


class FolderError(Exception):
    """The folder cannot be used; the text says why and what to do, in one sentence."""


def list_folder(folder: Path, excluded: tuple[Path, ...] = ()) -> FolderContent:
    """The supported files below ``folder``, hidden ones left out. Symbolic links are never followed out of it.

    ``excluded`` folders are not entered. Raises ``FolderError`` if the folder cannot be listed.
    """
    root = checked_folder(folder)
    files: list[FoundFile] = []
    skipped: list[SkippedFile] = []
    unread: list[str] = []
    for name, entry in _walk(root, {os.path.realpath(path) for path in excluded}, skipped):
        if reader_for(entry.name) is None:
            unread += [_printable(name)] if len(unread) < MAX_UNREAD else []
            continue
        if len(files) == MAX_FILES:
            skipped.append(SkippedFile(name, f"only the first {MAX_FILES:,} files of a folder are read"))
            break
        try:
            name.encode("utf-8")
            state = entry.stat(follow_symlinks=False)
        except UnicodeEncodeError:
            skipped.append(SkippedFile(ascii(name), "its name is not valid UTF-8; rename it"))
        except OSError as error:
            skipped.append(SkippedFile(name, error.strerror or "it cannot be looked at"))
        else:
            if stat.S_ISREG(state.st_mode):
                files.append(FoundFile(name, state.st_size, state.st_mtime_ns))
    return FolderContent(tuple(sorted(files, key=lambda file: file.name)), tuple(skipped), tuple(unread))


def checked_folder(folder: Path) -> Path:
    """The folder's real path. Raises ``FolderError`` if it is none, or may not be listed."""
    try:
        root = folder.expanduser().resolve(strict=True)
        if not root.is_dir():
            raise FolderError(f"{folder} is a file, not a folder: name the folder that contains the documents.")
        with os.scandir(root) as entries:
            next(entries, None)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FolderError(f"There is no folder {folder}: name the folder that contains the documents.") from error
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FolderError(f"The folder {folder} cannot be read ({reason}).") from error
    return root


def unread_sentence(names: Sequence[str]) -> str:
    """How many files of which kinds are not read, the most frequent first."""
    kinds = Counter(PurePath(name).suffix.lower() or "without an ending" for name in names)
    listed = [f"{count:,} {kind}" for kind, count in kinds.most_common(_KINDS_NAMED)]
    rest = len(names) - sum(count for _, count in kinds.most_common(_KINDS_NAMED))
    listed += [f"{rest:,} of other kinds"] if rest else []
    return f"{len(names):,} file{' is' if len(names) == 1 else 's are'} not read: {', '.join(listed)}."


def _printable(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def nothing_to_read(folder: Path) -> str:
    """The sentence for a folder without a document."""
    *kinds, last = (suffix.lstrip(".") for suffix in READERS)
    return f"There is no document to read in {folder}: put files ending in {', '.join(kinds)} or {last} there."


def _walk(root: Path, excluded: set[str], skipped: list[SkippedFile]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The files below ``root`` with their paths within it. Texts instead of ``Path``: a question waits for this."""
    waiting = [""]
    while waiting:
        within = waiting.pop()
        folders: list[str] = []
        for entry in _entries(root, within, skipped):
            name = f"{within}{entry.name}"
            if entry.is_symlink():
                _note_link(root, root / name, skipped)
            elif not entry.is_dir(follow_symlinks=False):
                yield name, entry
            elif entry.path not in excluded:
                folders.append(f"{name}/")
        waiting += reversed(folders)


def _entries(root: Path, within: str, skipped: list[SkippedFile]) -> list[os.DirEntry[str]]:
    """What is in one folder, by name; hidden entries are left out."""
    try:
        with os.scandir(root / within) as entries:
            return sorted((one for one in entries if one.name[0] != "."), key=lambda entry: entry.name)
    except OSError as error:
        skipped.append(SkippedFile(within.rstrip("/") or "a folder", error.strerror or "it cannot be listed"))
        return []


def _note_link(root: Path, link: Path, skipped: list[SkippedFile]) -> None:
    """Tell of a link that leads out of the folder; one that stays inside leads to a file that is read anyway."""
    target = Path(os.path.realpath(link))
    if not target.is_relative_to(root):
        skipped.append(SkippedFile(link.relative_to(root).as_posix(), "it is a link that leads out of the folder"))
