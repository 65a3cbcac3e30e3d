"""The client library: one import gives everything a program needs to take part in a chat."""
