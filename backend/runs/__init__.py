"""Running agents and keeping their log: the supervisor, the store port and its adapters."""
