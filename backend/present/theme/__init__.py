"""Colours and the stylesheet, light and dark."""
