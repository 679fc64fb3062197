"""The HTTP face of a server: routes, problems, the event stream and what guards them."""
