"""Tests of the one reader of YAML: its values, its lines, its complaints, and its work."""
