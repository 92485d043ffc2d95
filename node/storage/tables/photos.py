"""Photos with posts of ours. (Their files are in a folder beside the database.)"""

from sqlalchemy import Column, Index, Text, text

from node.storage.columns import Moment, Whole
from node.storage.tables.metadata import table

_WAITS = text("post_id IS NULL")
photos = table(  # with a post, or with what somebody began to write: `draft` is the key of its form
    "photos",
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False, index=True),
    Column("post_id", Text, index=True),
    Column("draft", Text),
    Column("alt", Text, nullable=False),
    Column("width", Whole, nullable=False),
    Column("height", Whole, nullable=False),
    Column("size", Whole, nullable=False),
    Column("added", Moment, nullable=False),
    Index("ix_photos_draft", "owner", "draft", sqlite_where=_WAITS, postgresql_where=_WAITS),
)
