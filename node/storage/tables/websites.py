"""Websites of the neighbourhood's own, and what they told."""

from sqlalchemy import Column, ForeignKey, Index, Text

from node.storage.columns import Flag, Moment
from node.storage.tables.metadata import table

websites = table(
    "websites",
    Column("id", Text, primary_key=True),
    Column("address", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("feed", Text),
    Column("etag", Text),
    Column("modified", Text),
    Column("read", Moment),
    Column("error", Text),
    Column("failing", Moment),
)
entries = table(
    "entries",
    Column("website", Text, ForeignKey("websites.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("starts", Moment),
    Column("ends", Moment),
    Column("all_day", Flag, nullable=False),
    Column("place", Text, nullable=False),
    Index("ix_entries_at", "at"),
    Index("ix_entries_starts", "starts"),
)
