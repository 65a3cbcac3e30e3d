"""Opening an SQLite file: made if it is missing, brought up to date if it is old, refused with one sentence if it is
not ours, newer than this program, or cannot be written.

Alembic is imported only when an existing database is out of date: a new one is made from the schema itself, and a test
compares the two ways.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, insert, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util.concurrency import memoized_property  # noqa: F401
