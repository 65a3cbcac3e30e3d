"""The whole state of a client as one immutable value, and the pure function that moves it on."""
