"""What every table shares: one schema, names for its constraints, and SQLite's strict types."""

from sqlalchemy import CheckConstraint, Column, Index, MetaData, Table, UniqueConstraint

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def table(name: str, *parts: Column[object] | Index | UniqueConstraint | CheckConstraint) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True)
