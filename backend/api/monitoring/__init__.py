"""What Prometheus is given: numbers about the whole server, none about a single run."""
