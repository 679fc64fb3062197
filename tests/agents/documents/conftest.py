"""Libraries over the bundled sample, over a small handbook, and over folders made by a test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.agents.documents.library import SAMPLE, Library

HANDBOOK = Path(__file__).parent / "handbook"

LibraryOf = Callable[[Path], Library]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The bundled notes on NVIDIA's filings."""
    library = Library(SAMPLE, tmp_path_factory.mktemp("sample"))
    library.refresh()
    yield library
    library.close()


@pytest.fixture(scope="session")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A company's handbook in five formats: nothing of it is about finance."""
    library = Library(HANDBOOK, tmp_path_factory.mktemp("handbook"))
    library.refresh()
    yield library
    library.close()


@pytest.fixture
def library_of(tmp_path: Path) -> Iterator[LibraryOf]:
    """Makes a library over a folder, with its data beside the test's own files."""
    made: list[Library] = []

    def make(folder: Path) -> Library:
        made.append(Library(folder, tmp_path / "data"))
        return made[-1]

    yield make
    for library in made:
        library.close()
