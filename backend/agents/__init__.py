"""Producers of events. An agent yields drafts; it knows no seq, no connection and no store."""
