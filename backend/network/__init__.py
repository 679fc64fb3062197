"""Connections that leave a process: which addresses are this machine's own, which proxy leads to the others, and the
one maker of HTTP clients."""
