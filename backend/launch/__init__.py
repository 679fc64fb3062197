"""Child processes and ports: how commands and evals start servers. Standard library only, no other Playhead module."""
