"""Plays a suite against a target: the order, the times and the connections of its runs."""
