"""The ground of the tables: the version of the schema, the kinds of columns, and what a store says of itself.

Changing anything in a table means a new file in `migrations/versions` and a new `HEAD`; a test compares the two.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, MetaData, PrimaryKeyConstraint, String, Table, Text

HEAD: Final = "0012"
"""Version of the tables; versions are four digits, so that they compare as text."""

VERSION_TABLE: Final = "schema_version"
"""Where Alembic keeps the version of a database."""

PARTIAL: Final = "where"
"""In an index's `info`: which rows it has, for another dialect than SQLite. Told in an option of that dialect it would
load it, which is a twentieth of a server's start."""

# SQLite has a rowid only behind INTEGER, which is 64 bits wide there.
Number = BigInteger().with_variant(Integer(), "sqlite")

# Names are paged by their key, in the order in which Python compares text; PostgreSQL must be told to do so.
Key = Text().with_variant(Text(collation="C"), "postgresql")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

version = Table(
    VERSION_TABLE,
    metadata,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),  # Alembic's own definition, to the name
)

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""`epoch`: names the life of this store."""
