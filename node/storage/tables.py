"""Every table. The schema itself is made by the migrations; a test compares the two on both databases."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from node.neighbourhood.activity import Happening
from node.neighbourhood.category import Category
from node.neighbourhood.match import MatchState
from node.neighbourhood.node import Follow, NodeKind
from node.neighbourhood.post import Audience, Decide, Kind, State, Urgency
from node.neighbourhood.response import ResponseState
from node.neighbourhood.roles import Role
from node.storage.columns import Document, Flag, Moment, Whole, Word

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def table(name: str, *parts: Column[object] | Index | UniqueConstraint | CheckConstraint) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True)


# People

residents = table(
    "residents",
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, unique=True),
    Column("language", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("admitted", Moment),
)
roles = table(
    "roles",
    Column("resident_id", Text, ForeignKey("residents.id"), primary_key=True),
    Column("role", Word(Role), primary_key=True),
    Column("granted", Moment, nullable=False),
    Column("until", Moment),
)
invitations = table(
    "invitations",
    Column("code_hash", Text, primary_key=True),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("made_by", Text),
    Column("left", Whole, nullable=False),
    Column("note", Text, nullable=False),
)
signin_links = table(
    "signin_links",
    Column("token_hash", Text, primary_key=True),
    Column("resident_id", Text, ForeignKey("residents.id"), nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("lasting", Flag, nullable=False),  # only in a demo: may be used again
)
sessions = table(
    "sessions",
    Column("token_hash", Text, primary_key=True),
    Column("resident_id", Text, ForeignKey("residents.id"), nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("expires", Moment, nullable=False, index=True),
)
tokens = table(
    "tokens",
    Column("token_hash", Text, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("resident_id", Text, ForeignKey("residents.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("used", Moment),
)
tries = table(  # how often something was tried lately: sign-in mails, codes
    "tries",
    Column("id", Whole, primary_key=True),
    Column("what", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_tries_what_who_at", "what", "who", "at"),
)

# Other nodes

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

# Posts

posts = table(
    "posts",
    Column("id", Text, primary_key=True),
    Column("uri", Text, nullable=False, unique=True),
    Column("node_id", Text, ForeignKey("nodes.id"), index=True),
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
    CheckConstraint("places_left >= 0 AND places_left <= places", name="places"),
    Index("ix_posts_kind_created_id", "kind", "created", "id"),
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
copies = table(  # the ledger: where a post of ours is, and who confirmed
    "copies",
    Column("post_uri", Text, primary_key=True),
    Column("node_id", Text, ForeignKey("nodes.id"), primary_key=True),
    Column("post_id", Text, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

# Messages between nodes

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
    UniqueConstraint("activity_id", "origin"),
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

# Letters, and what is remembered of what was done

letters = table(
    "letters",
    Column("id", Whole, primary_key=True),
    Column("what", Text, nullable=False),
    Column("resident_id", Text, ForeignKey("residents.id")),
    Column("address", Text),  # only where the person is known by it alone: a sign-in mail
    Column("facts", Document, nullable=False),
    Column("created", Moment, nullable=False),
    Column("due", Moment, index=True),
    Column("attempts", Whole, nullable=False),
    Column("error", Text),
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
