"""What people want to hear by mail, and what they were told."""

from sqlalchemy import Column, ForeignKey, Index, Text, text

from node.neighbourhood.category import Category
from node.neighbourhood.digest import Often
from node.neighbourhood.following import Ring
from node.neighbourhood.post import Kind
from node.storage.columns import Flag, Moment, Whole, Word
from node.storage.tables.metadata import table

digests = table(
    "digests",
    Column("resident_id", Text, ForeignKey("residents.id"), primary_key=True),
    Column("often", Word(Often), nullable=False),
    Column("hour", Whole, nullable=False),
    Column("due", Moment, index=True),
)
searches = table(  # what somebody waits for
    "searches",
    Column("id", Text, primary_key=True),
    Column("resident_id", Text, ForeignKey("residents.id"), nullable=False, index=True),
    Column("words", Text, nullable=False),
    Column("kind", Word(Kind)),
    Column("category", Word(Category)),
    Column("ring", Word(Ring)),
    Column("paused", Flag, nullable=False),
    Column("created", Moment, nullable=False),
)
told = table(  # whom a post was told to by mail, so that nobody reads of it twice; `waits`: it is about to be
    "told",
    Column("resident_id", Text, ForeignKey("residents.id"), primary_key=True),
    Column("post_uri", Text, primary_key=True),
    Column("post_id", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("waits", Flag, nullable=False),
    Index(
        "ix_told_waits",
        "resident_id",
        "at",
        sqlite_where=text("waits = 1"),
        postgresql_where=text("waits = 1"),
    ),
)
reply_ways = table(  # the secrets in addresses to which a letter is answered, as hashes
    "reply_ways",
    Column("token_hash", Text, primary_key=True),
    Column("resident_id", Text, ForeignKey("residents.id"), nullable=False, index=True),
    Column("response_id", Text, ForeignKey("responses.id"), nullable=False, index=True),
    Column("created", Moment, nullable=False, index=True),
)
stops = table(  # the secrets in letters that end what they are about, as hashes
    "stops",
    Column("token_hash", Text, primary_key=True),
    Column("resident_id", Text, ForeignKey("residents.id"), nullable=False, index=True),
    Column("what", Text, nullable=False),
    Column("created", Moment, nullable=False, index=True),
)
