"""Files: sending one from this machine's disk, and saving one to it."""
