"""What people say to each other and to a supervisor: threads, contact details, invites, reports."""

from sqlalchemy import Column, ForeignKey, Index, Text, text

from node.neighbourhood.invite import InviteState
from node.neighbourhood.report import ReportCategory, ReportState
from node.neighbourhood.thread import Side
from node.storage.columns import Document, Moment, Word
from node.storage.tables.metadata import table

messages = table(
    "messages",
    Column("id", Text, primary_key=True),
    Column("uri", Text, nullable=False, unique=True),
    Column("response_id", Text, ForeignKey("responses.id"), nullable=False),
    Column("side", Word(Side), nullable=False),
    Column("text", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("deleted", Moment),
    Column("changed", Moment),
    Index("ix_messages_response_id_created", "response_id", "created"),
)
reads = table(  # until when somebody has read a thread
    "reads",
    Column("resident_id", Text, ForeignKey("residents.id"), primary_key=True),
    Column("response_id", Text, ForeignKey("responses.id"), primary_key=True),
    Column("at", Moment, nullable=False),
)
releases = table(  # who lets the other see which details; the details themselves stand with the person
    "releases",
    Column("response_id", Text, ForeignKey("responses.id"), primary_key=True),
    Column("side", Word(Side), primary_key=True),
    Column("fields", Document, nullable=False),
    Column("released", Moment, nullable=False),
    Column("ended", Moment),
)
invites = table(
    "invites",
    Column("id", Text, primary_key=True),
    Column("uri", Text, nullable=False, unique=True),
    Column("post_id", Text, ForeignKey("posts.id"), nullable=False, index=True),
    Column("offer_id", Text, ForeignKey("posts.id"), nullable=False, index=True),
    Column("state", Word(InviteState), nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("node_id", Text, ForeignKey("nodes.id")),
    Column("resident", Text, ForeignKey("residents.id"), index=True),
    Column("by", Text),
    Column("response_id", Text, ForeignKey("responses.id")),
    Column("decided", Moment),
    Index(
        "uq_invites_pending",
        "post_id",
        "offer_id",
        unique=True,
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)
reports = table(
    "reports",
    Column("id", Text, primary_key=True),
    Column("uri", Text, nullable=False, unique=True),
    Column("post_id", Text, ForeignKey("posts.id"), nullable=False, index=True),
    Column("category", Word(ReportCategory), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Word(ReportState), nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("resident", Text, ForeignKey("residents.id"), index=True),
    Column("node_id", Text, ForeignKey("nodes.id")),
    Column("decided", Moment),
    Column("outcome", Text, nullable=False),
    Column("response_id", Text, ForeignKey("responses.id"), index=True),
    Column("message_id", Text),  # no reference: messages are forgotten, and that one was reported is not
)
thanks = table(  # which message says thank you, and who of the two lets everybody read it
    "thanks",
    Column("response_id", Text, ForeignKey("responses.id"), primary_key=True),
    Column("message_id", Text, nullable=False, unique=True),  # no reference: messages are forgotten
    Column("giver_yes", Moment),
    Column("thanked_yes", Moment),
)
