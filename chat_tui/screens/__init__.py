"""Screens: layout, focus, and which part is told what. What is drawn and what is done is decided elsewhere."""
