"""What must be true of a store between any two transactions, looked at in one snapshot. Reads only; knows no file.

Each check is a function of a connection that reads in streams: a store of any size is looked at in little memory.
"""
