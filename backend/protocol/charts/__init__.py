"""Charts of agents, bounded by what drawing them computes and not only by their bytes."""
