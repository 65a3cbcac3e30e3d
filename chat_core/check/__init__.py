"""The fault checker: tries to break the five promises, records what everybody saw, and proves or refutes them.

`history` is what is written down, `verdict` (pure) judges it; `simulation` and `real` are two worlds that make one.
"""
