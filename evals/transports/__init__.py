"""Server-sent events against the control channel, measured on one backend: what each costs and what each adds."""
