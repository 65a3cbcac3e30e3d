"""Streams of bytes: addresses, sockets, and the driver that pumps a stream through a `Connection`."""
