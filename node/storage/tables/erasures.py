"""What is left of somebody who is gone: the receipt, by which they see who threw the copies away."""

from sqlalchemy import Column, Text

from node.storage.columns import Document, Moment
from node.storage.tables.metadata import table

erasures = table(
    "erasures",
    Column("token_hash", Text, primary_key=True),
    Column("posts", Document, nullable=False),  # the ids of the posts that were shared; no word and no name
    Column("at", Moment, nullable=False),
    Column("until", Moment, nullable=False, index=True),
    Column("swept", Moment),  # since when nothing is left in the bytes of the file
)
