"""The index of a folder: what is in it, its passages, and the SQLite file they are searched in."""
