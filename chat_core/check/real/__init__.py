"""The checker with real processes: a server, clients that each are a process, and a proxy between them that breaks.

harness -> server (the process), proxy (in the checker's own loop), workers (processes of `worker`), faults
worker  -> workload (pure: what to do next), recorder (what the library said, as records)
dump    -> what the database file says in the end
"""
