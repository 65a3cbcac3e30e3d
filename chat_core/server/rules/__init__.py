"""Pure rules: who may do what. No I/O, no clock."""
