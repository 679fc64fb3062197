"""Scripts that measure; run by hand, see README.md."""
