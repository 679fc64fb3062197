"""The fold of release 0.1 as it was, and streams that its backend sent: an older reader, for tests. Never changed."""
