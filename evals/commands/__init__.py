"""The commands eval, bench, compare and trace, and the progress that they show."""
