"""The Ask page: a conversation with an agent, live."""
