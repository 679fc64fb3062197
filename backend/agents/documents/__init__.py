"""The documents agent: retrieves, quotes and computes over a folder of files. Extractive: it writes no prose of its own
beyond what it computes, and needs no model and no network."""
