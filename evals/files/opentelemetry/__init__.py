"""A run as a trace of OpenTelemetry: spans for the run and its steps, written to a file or sent to a collector."""
