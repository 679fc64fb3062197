"""LangGraph's server, both its protocols, and the messages of LangChain that they carry."""
