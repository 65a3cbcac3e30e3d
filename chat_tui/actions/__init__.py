"""What can be done with a message: one function each, in a file per domain; key, footer, help and docs follow."""
