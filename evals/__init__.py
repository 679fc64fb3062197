"""Measures streams: plays suites against a target over real HTTP, scores every run, and writes the report.

Knows the target only from outside: nothing of ``backend.api``, ``backend.runs`` or ``backend.agents`` is imported here.
Each number is defined in METRICS.md and in the docstring of the function that computes it.
"""
