"""The screen as it was left, shown at the next start until the program has drawn its own; see docs/adr/0010.

Everything here runs before anything else is loaded, so it takes nothing but the quickest part of the standard library:
neither `typing` nor `dataclasses`, which take longer to load than all of this takes to run.
"""
