"""Tests of the guard in front of every listener."""
