"""Keeps Gradio from writing stub files when it is imported.

For each of its components Gradio parses its own source, writes a ``.pyi`` for editors beside it, and compares both: at
every start, for most of the time that the import takes, and into a folder that need not be writable. No page needs
them. The function that does it is replaced right after its module is loaded, before the first component is defined.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Final

_MODULE: Final = "gradio.component_meta"
WRITER: Final = "create_or_modify_pyi"
"""The function's name in that module."""


def write_nothing(component_class: type, class_name: str, events: Sequence[object]) -> None:
    """Stands in for the function that writes the stub file of a component."""


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        setattr(module, WRITER, write_nothing)


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != _MODULE:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(name, spec.origin)
        return spec


def skip_stub_files() -> None:
    """Effective for an import of Gradio that comes after this call."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
