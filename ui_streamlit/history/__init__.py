"""The History page: past runs and their outcomes."""
