"""The requests and their replies, a file for each domain; `catalog` has them all by name."""
