"""Two results of the same suite, compared: what became better or worse, by how much, and with which certainty."""
