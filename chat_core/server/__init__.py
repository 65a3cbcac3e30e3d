"""The server: connections come in through `gateway`, requests go down the layers, events fan out through `sessions`."""
