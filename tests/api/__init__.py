"""Tests of the HTTP face of a server, nearly all of them against a real one."""
