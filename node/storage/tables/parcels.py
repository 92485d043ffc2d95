"""Who moved here from another neighbourhood: which files were taken in, and what waits to be looked at."""

from sqlalchemy import Column, ForeignKey, Text

from node.storage.columns import Document, Moment
from node.storage.tables.metadata import table

parcels = table(  # taken in once; kept until nobody takes it any more
    "parcels",
    Column("id", Text, primary_key=True),
    Column("until", Moment, nullable=False, index=True),
)
luggage = table(  # offers from there, which nobody sees until their owner has looked at them
    "luggage",
    Column("id", Text, primary_key=True),
    Column("resident_id", Text, ForeignKey("residents.id"), nullable=False, index=True),
    Column("fields", Document, nullable=False),
    Column("at", Moment, nullable=False),
)
