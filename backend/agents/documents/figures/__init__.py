"""Figures from tables: which series a question is about, its points, its trend and its chart."""
