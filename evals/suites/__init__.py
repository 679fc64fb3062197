"""The contents of suites: scenarios, loads, limits and disturbances; and the bundled suites."""
