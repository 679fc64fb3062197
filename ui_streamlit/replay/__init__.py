"""The Replay page: a run as it was at any moment."""
