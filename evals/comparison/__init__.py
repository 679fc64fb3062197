"""Two results of the same suite, compared: what became better or worse, by how much, and how sure that is."""
