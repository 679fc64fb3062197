"""The harness measured against a server with known timing: what its times are off by, and at how many streams."""
