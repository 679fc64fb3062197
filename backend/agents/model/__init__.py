"""The model agent: a language model of any known provider, with tools, through pydantic-ai."""
