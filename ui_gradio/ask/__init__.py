"""The Ask place: a conversation with an agent, seen live."""
