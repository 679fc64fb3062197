"""The backend: everything of Playhead that is neither a UI nor an eval."""

__version__ = "0.1.0"
