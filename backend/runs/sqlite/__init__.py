"""The store port on SQLite: one file, no server."""
