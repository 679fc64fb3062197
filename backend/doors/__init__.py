"""The guard in front of every listener: the backend and both UIs.

Every page that a browser on this machine opens reaches a server on loopback. Three ASGI middlewares keep foreign pages
out: ``Guard`` looks at the host, the origin and the fetch metadata and forbids framing, ``OpenRoutes`` closes the
addresses that no page needs, and ``BodyLimit`` limits what a request may carry. They pass every message on at once.
"""
