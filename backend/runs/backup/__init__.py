"""A data folder in one file, made while a server works with it, and the way back."""
