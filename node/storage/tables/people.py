"""People, their roles, and their ways in."""

from sqlalchemy import Column, ForeignKey, Index, Text

from node.neighbourhood.following import Wish
from node.neighbourhood.roles import Role
from node.storage.columns import Flag, Moment, Whole, Word
from node.storage.tables.metadata import table

residents = table(
    "residents",
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, unique=True),
    Column("language", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("admitted", Moment),
    Column("phone", Text),  # only here, and only shown while released (`contacts`)
    Column("address", Text),
    Column("seen", Moment),  # the last sign of life; empty: since they joined
    Column("idle_told", Moment),  # what happens when they stay away, and when it was told again
    Column("idle_told_again", Moment),
)
follows = table(  # which districts somebody wants on their own front page
    "follows",
    Column("resident_id", Text, ForeignKey("residents.id"), primary_key=True),
    Column("node_id", Text, ForeignKey("nodes.id"), primary_key=True),
    Column("wish", Word(Wish), nullable=False),
)
roles = table(
    "roles",
    Column("resident_id", Text, ForeignKey("residents.id"), primary_key=True),
    Column("role", Word(Role), primary_key=True),
    Column("granted", Moment, nullable=False),
    Column("until", Moment),
    Column("passkey_by", Moment),  # until then it may be used without a passkey
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
    Column("browser", Text),  # that asked for it; empty: works in any
    Column("code_hash", Text),  # to type in that browser
)
sessions = table(
    "sessions",
    Column("token_hash", Text, primary_key=True),
    Column("resident_id", Text, ForeignKey("residents.id"), nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("expires", Moment, nullable=False, index=True),
    Column("shared", Flag, nullable=False, server_default="0"),  # not on a device of one's own
    Column("way", Text, nullable=False, server_default="mail"),
    Column("notice", Flag, nullable=False, server_default="0"),  # somebody wants to come back as its owner
    Column("verified", Moment),  # when a passkey was shown that knew its owner
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
