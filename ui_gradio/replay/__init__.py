"""The Replay page: a run as it was seen at any moment."""
