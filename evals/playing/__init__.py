"""Plays a suite against a target: who is asked, when, and over which connections."""
