"""The store port on Redis Streams, for many nodes: web nodes that serve and workers that run agents."""
