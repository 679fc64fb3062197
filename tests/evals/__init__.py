"""Tests of the measuring: metrics against values computed by hand, the measuring path against scripted
bytes.
"""
