"""The support of an answer: sources, steps, artifacts and warnings."""
