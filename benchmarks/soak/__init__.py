"""A deployment that is hurt for as long as it is asked to: what was lost, what came twice, what grows."""
