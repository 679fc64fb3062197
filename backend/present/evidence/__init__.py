"""What supports an answer: sources, steps, artifacts and warnings."""
