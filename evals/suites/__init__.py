"""What is to be played: suites with their loads, limits and disturbances, and the bundled ones."""
