"""The harness measured against a server with known timing: the error of its times, at several numbers of streams."""
