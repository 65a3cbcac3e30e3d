"""The checker's own world: the real server and client code over streams in memory, in a time that leaps, from one seed.

A schedule is one run: some clients, some faults, all drawn from one number, so that a run that fails can be had again.
"""
