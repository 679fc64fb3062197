"""Foreign dialects: streams of other agents and providers, read into our events and written from them. Pure: bytes in,
drafts out, and events in, bytes out; no clock, no I/O."""
