"""What goes between nodes: activities, deliveries, what came in, receipts."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text

from node.storage.columns import Document, Moment, Whole
from node.storage.tables.metadata import table

activities = table(  # what we send; the bytes are made once, when first needed, and never again
    "activities",
    Column("id", Text, primary_key=True),
    Column("uri", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("object", Text, nullable=False, index=True),
    Column("post_uri", Text, index=True),
    Column("facts", Document),
    Column("body", LargeBinary),
    Column("created", Moment, nullable=False),
    Column("node_id", Text, ForeignKey("nodes.id")),  # whose it is, when we only pass it on as their hub
)
deliveries = table(
    "deliveries",
    Column("id", Whole, primary_key=True),
    Column("activity_id", Text, ForeignKey("activities.id"), nullable=False, index=True),
    Column("origin", Text, nullable=False),
    Column("inbox", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("attempts", Whole, nullable=False),
    Column("error", Text),
    Column("due", Moment),  # when it is tried again, if it was set aside so that the others go on
    UniqueConstraint("activity_id", "inbox"),
    Index(
        "ix_deliveries_pending",
        "origin",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)
destinations = table(  # a host we deliver to: its order, politeness and breaker in one row
    "destinations",
    Column("origin", Text, primary_key=True),
    Column("due", Moment, index=True),
    Column("attempts", Whole, nullable=False),
    Column("lease", Moment),
    Column("fence", Whole, nullable=False),
    Column("error", Text),
)
seen = table(  # what came in: once is enough
    "seen",
    Column("uri", Text, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)
receipts = table(  # what we still have to confirm to the home of a post
    "receipts",
    Column("id", Whole, primary_key=True),
    Column("node_id", Text, ForeignKey("nodes.id"), nullable=False, index=True),
    Column("activity_uri", Text, nullable=False),
    UniqueConstraint("node_id", "activity_uri"),
)
