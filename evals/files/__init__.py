"""Results as files: the folder of an evaluation, and one module for each format."""
