"""The evals' commands: eval, bench, compare, trace, and what they show while they work."""
