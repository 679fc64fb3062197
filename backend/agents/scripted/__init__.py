"""The scripted agent: plays scenarios with known timing, from YAML files. ``README.md`` is their reference."""
