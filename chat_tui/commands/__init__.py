"""Slash commands: one function each, in a file per domain; everything else about them is read off that function."""
