"""The Compare page: two runs on one clock."""
