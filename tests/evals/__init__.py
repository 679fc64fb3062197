"""Tests of the measuring: the measuring path against scripted bytes, suites, results and reports."""
