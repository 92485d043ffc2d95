"""Other nodes, their keys, and what has to be fetched from them."""

from sqlalchemy import Column, Text, UniqueConstraint

from node.neighbourhood.node import Follow, Membership, NodeKind
from node.storage.columns import Document, Flag, Moment, Whole, Word
from node.storage.tables.metadata import table

nodes = table(
    "nodes",
    Column("id", Text, primary_key=True),
    Column("actor", Text, nullable=False, unique=True),
    Column("origin", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Word(NodeKind), nullable=False),
    Column("area", Text),
    Column("inbox", Text, nullable=False),
    Column("outbox", Text),
    Column("adjacent", Text),
    Column("application", Text),
    Column("url", Text),
    Column("we_claim", Flag, nullable=False),
    Column("they_claim", Flag, nullable=False),
    Column("our_follow", Word(Follow), nullable=False),
    Column("their_follow", Word(Follow), nullable=False),
    Column("their_follow_uri", Text),
    Column("membership", Word(Membership), nullable=False, server_default="none"),
    Column("membership_uri", Text),
    Column("hub", Text),
    Column("directory", Text),
    Column("blocked", Flag, nullable=False),
    Column("alarm", Text),
    Column("fetched", Moment),
    Column("last_seen", Moment),
    Column("receipts_due", Moment),
)
keys = table(  # public keys of other nodes' actors
    "keys",
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("origin", Text, nullable=False, index=True),
    Column("multibase", Text, nullable=False),
    Column("fetched", Moment, nullable=False),
)
lookups = table(  # what has to be fetched from another node; federation's worker answers
    "lookups",
    Column("id", Whole, primary_key=True),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("asked_by", Text),
    Column("created", Moment, nullable=False),
    Column("due", Moment, index=True),
    Column("attempts", Whole, nullable=False),
    Column("error", Text),
    UniqueConstraint("what", "subject"),
)
borders = table(  # which areas touch, as a map says: only a proposal for the operator
    "borders",
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("touches", Document, nullable=False),
    Column("year", Text, nullable=False),
)
