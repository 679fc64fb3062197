"""The Replay place: a run as it was seen at any moment."""
