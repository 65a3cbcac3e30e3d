"""How the server holds out among strangers: who is let in, how fast one may ask. Pure: time comes as an argument."""
