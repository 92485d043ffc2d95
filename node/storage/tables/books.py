"""Letters to be written, and the two books of what was done."""

from sqlalchemy import Column, ForeignKey, Index, Text, UniqueConstraint

from node.neighbourhood.activity import Happening
from node.storage.columns import Document, Moment, Whole, Word
from node.storage.tables.metadata import table

letters = table(
    "letters",
    Column("id", Whole, primary_key=True),
    Column("what", Text, nullable=False),
    Column("resident_id", Text, ForeignKey("residents.id")),
    Column("address", Text),  # only where the person is known by it alone: a sign-in mail
    Column("facts", Document, nullable=False),
    Column("created", Moment, nullable=False),
    Column("due", Moment),
    Column("attempts", Whole, nullable=False),
    Column("error", Text),
    Column("queue", Whole, nullable=False, server_default="1"),  # a `letter.Queue`
    Index("ix_letters_queue_due", "queue", "due"),
)
timers = table(  # what happens to a post when nothing happens; `due` is empty once it did
    "timers",
    Column("id", Whole, primary_key=True),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("due", Moment, index=True),
    UniqueConstraint("subject", "what"),
)
log = table(  # the activity log: readable, erasable
    "log",
    Column("id", Whole, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("what", Word(Happening), nullable=False),
    Column("who", Text),
    Column("subject", Text, nullable=False, index=True),
    Column("why", Text),
)
audit = table(  # the same happenings as ids only, each row sealed by the one before
    "audit",
    Column("seq", Whole, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("what", Text, nullable=False),
    Column("who", Text),
    Column("subject", Text, nullable=False),
    Column("seal", Text, nullable=False),
)
