"""Posts, the answers to them, the agreements, and where the copies are."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, text

from node.neighbourhood.category import Category
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import Audience, Decide, Kind, State, Urgency
from node.neighbourhood.reply import ReplyState
from node.neighbourhood.response import ResponseState
from node.neighbourhood.when import DayPart, Repeats
from node.storage.columns import Document, Flag, Moment, NextNumber, Span, Whole, Word
from node.storage.tables.metadata import table

posts = table(
    "posts",
    Column("id", Text, primary_key=True),
    Column("uri", Text, nullable=False, unique=True),
    Column("node_id", Text, ForeignKey("nodes.id")),
    Column("author", Text, ForeignKey("residents.id"), index=True),
    Column("kind", Word(Kind), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("category", Word(Category), nullable=False),
    Column("audience", Word(Audience), nullable=False),
    Column("urgency", Word(Urgency), nullable=False),
    Column("state", Word(State), nullable=False),
    Column("author_name", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("area_code", Text, nullable=False),
    Column("area_name", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("expires", Moment, nullable=False, index=True),
    Column("decide", Word(Decide), nullable=False),
    Column("places", Whole, nullable=False),
    Column("places_left", Whole, nullable=False),
    Column("language", Text, nullable=False),
    Column("ended", Moment),
    Column("starts", Moment),
    Column("place", Text, nullable=False, server_default=""),
    Column("widen", Flag, nullable=False, server_default="0"),
    Column("released", Moment),
    Column("hidden", Flag, nullable=False, server_default="0"),
    Column("when", Span),
    Column("day_part", Word(DayPart), nullable=False, server_default="any"),
    Column("repeats", Word(Repeats), nullable=False, server_default="once"),
    Column("photos", Whole, nullable=False, server_default="0"),  # how many its own page shows
    Column("folded", Text, nullable=False, server_default=""),  # the words by which it is found
    Column("number", Whole, default=NextNumber()),  # its row in the index of words
    CheckConstraint("places_left >= 0 AND places_left <= places", name="places"),
    Index("ix_posts_kind_created_id", "kind", "created", "id"),
    Index("ix_posts_created_id", "created", "id"),
    Index(
        "uq_posts_number",
        "number",
        unique=True,
        sqlite_where=text("number IS NOT NULL"),
        postgresql_where=text("number IS NOT NULL"),
    ),
    Index("ix_posts_starts", "starts"),
    Index(  # not of our own posts: it would be taken for all of these, where another gives the newest
        "ix_posts_node_id",
        "node_id",
        sqlite_where=text("node_id IS NOT NULL"),
        postgresql_where=text("node_id IS NOT NULL"),
    ),
    Index(
        "ix_posts_running",  # what a home page shows, however many years of posts are behind it
        "created",
        "id",
        sqlite_where=text("ended IS NULL"),
        postgresql_where=text("ended IS NULL"),
    ),
)
tombstones = table(  # posts of other nodes that were deleted: what comes later about them is too late
    "tombstones",
    Column("uri", Text, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
)
responses = table(
    "responses",
    Column("id", Text, primary_key=True),
    Column("uri", Text, nullable=False, unique=True),
    Column("post_id", Text, ForeignKey("posts.id"), nullable=False, index=True),
    Column("party", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Word(ResponseState), nullable=False),
    Column("created", Moment, nullable=False),
    Column("resident", Text, ForeignKey("residents.id"), index=True),
    Column("node_id", Text, ForeignKey("nodes.id"), index=True),
    Column("answer", Text, index=True),
    Column("decided", Moment),
    Column("account_id", Text, ForeignKey("accounts.id"), index=True),
    Column("when", Text, nullable=False, server_default=""),
    Index(
        "uq_responses_pending",
        "post_id",
        "party",
        unique=True,
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)
voids = table(  # Undo that came before its Offer: when the Offer comes, it is void
    "voids",
    Column("uri", Text, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)
matches = table(
    "matches",
    Column("id", Text, primary_key=True),
    Column("uri", Text, nullable=False, unique=True),
    Column("post_id", Text, ForeignKey("posts.id"), nullable=False),
    Column("response_id", Text, ForeignKey("responses.id"), nullable=False),
    Column("place", Whole, nullable=False),
    Column("state", Word(MatchState), nullable=False),
    Column("created", Moment, nullable=False),
    Column("ended", Moment),
    Column("agreed_for", Moment),
    CheckConstraint("place >= 1", name="place"),
    # Exactly one match: however many doors and processes try at once, a place is given once.
    Index(
        "uq_matches_place",
        "post_id",
        "place",
        unique=True,
        sqlite_where=text("state <> 'cancelled'"),
        postgresql_where=text("state <> 'cancelled'"),
    ),
    Index(
        "uq_matches_response",
        "response_id",
        unique=True,
        sqlite_where=text("state <> 'cancelled'"),
        postgresql_where=text("state <> 'cancelled'"),
    ),
)
drafts = table(  # what somebody began to write and did not post; `owner`: a resident, or a browser's secret
    "drafts",
    Column("owner", Text, primary_key=True),
    Column("kind", Word(Kind), primary_key=True),
    Column("fields", Document, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)
replies = table(  # what accounts elsewhere wrote about posts of ours, and who looked at it
    "replies",
    Column("id", Text, primary_key=True),
    Column("uri", Text, nullable=False, unique=True),
    Column("account_id", Text, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("post_id", Text, ForeignKey("posts.id"), index=True),
    Column("public", Flag, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Word(ReplyState), nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("response_id", Text, ForeignKey("responses.id")),
    Column("decided", Moment),
)
applause = table(  # who elsewhere liked a post of ours, or passed it on: only counted
    "applause",
    Column("post_id", Text, ForeignKey("posts.id"), primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("uri", Text, nullable=False, index=True),
)
spread = table(  # the ledger for other software: which inboxes were sent a public post
    "spread",
    Column("post_uri", Text, primary_key=True),
    Column("inbox", Text, primary_key=True),
    Column("post_id", Text, nullable=False, index=True),
    Column("origin", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
copies = table(  # the ledger: where a post of ours is, and who confirmed
    "copies",
    Column("post_uri", Text, primary_key=True),
    Column("node_id", Text, ForeignKey("nodes.id"), primary_key=True),
    Column("post_id", Text, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
