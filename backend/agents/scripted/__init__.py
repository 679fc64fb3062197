"""The scripted agent: plays scenarios, with known timing, from YAML files. ``README.md`` here is their
reference."""
