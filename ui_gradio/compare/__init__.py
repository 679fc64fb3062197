"""The Compare place: two runs on one clock."""
