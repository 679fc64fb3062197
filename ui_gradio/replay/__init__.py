"""The Replay place."""
