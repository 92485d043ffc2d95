"""The index of words in an SQLite file: a virtual table that FTS5 keeps."""

from sqlalchemy import Column, Connection, MetaData, event

from node.storage.columns import Flag, Whole
from node.storage.tables.metadata import metadata, table

trigrams_left = table(  # posts that left the index, or changed: its pages hold their old words yet
    "trigrams_left",
    Column("number", Whole, primary_key=True, autoincrement=False),
    Column("merging", Flag, nullable=False, server_default="0"),
)
trigrams_known = table(  # one row: up to which post all are in it; those after it wait for their turn
    "trigrams_known",
    Column("until", Whole, primary_key=True, autoincrement=False),
)
_TRIGRAMS = (
    "CREATE VIRTUAL TABLE trigrams USING fts5("
    "folded, content='posts', content_rowid='number', tokenize='trigram', detail=none, columnsize=0)"
)


@event.listens_for(metadata, "after_create")
def _made(_: MetaData, connection: Connection, **__: object) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_TRIGRAMS)
