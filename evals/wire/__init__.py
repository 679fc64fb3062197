"""The measuring path: a socket whose bytes are stamped as they arrive, and the events in those bytes."""
