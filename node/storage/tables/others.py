"""Other nodes and accounts, their keys, what has to be fetched from them, and whom we do not let in."""

from sqlalchemy import Column, Index, Text, UniqueConstraint, text

from node.neighbourhood.block import Severity, Source
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
    Column("paused", Flag, nullable=False, server_default="0"),
    Column("moved_to", Text),
    Column("moved", Moment),
)
accounts = table(  # somebody on other software, who follows us or wrote to us
    "accounts",
    Column("id", Text, primary_key=True),
    Column("actor", Text, nullable=False, unique=True),
    Column("origin", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("handle", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("inbox", Text, nullable=False),
    Column("met", Moment, nullable=False, index=True),
    Column("shared_inbox", Text),
    Column("url", Text),
    Column("their_follow", Word(Follow), nullable=False),
    Column("their_follow_uri", Text),
    Column("known", Flag, nullable=False),
    Column("blocked", Flag, nullable=False),
    Column("moved", Moment),
    Column("fetched", Moment),
    Index(
        "ix_accounts_following",
        "their_follow",
        sqlite_where=text("their_follow <> 'none'"),
        postgresql_where=text("their_follow <> 'none'"),
    ),
)
blocks = table(  # servers and accounts that we want nothing to do with, or look at first
    "blocks",
    Column("subject", Text, primary_key=True),
    Column("severity", Word(Severity), nullable=False),
    Column("why", Text, nullable=False),
    Column("source", Word(Source), nullable=False),
    Column("created", Moment, nullable=False),
    Column("by", Text),
)
advisories = table(  # what a hub advises: at the hub its own, at a member what the operator has to decide
    "advisories",
    Column("uri", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment),
    Column("state", Text, nullable=False),
)
policies = table(  # what the operator chose; what is not here is as usual
    "policies",
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
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
distances = table(  # how many borders one crosses at least from our own area, by that map
    "distances",
    Column("code", Text, primary_key=True),
    Column("away", Whole, nullable=False),
)
outlines = table(  # of areas, for the map
    "outlines",
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("rings", Document, nullable=False),
)
