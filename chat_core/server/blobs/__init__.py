"""The bytes of files: where they lie, how they come in piece by piece, when they go. Knows no message."""
