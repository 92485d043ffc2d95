"""Passkeys, letters with a code, coming back in person, and who knows whom."""

from sqlalchemy import Column, ForeignKey, Text

from node.neighbourhood.trust import Proof
from node.storage.columns import Flag, Moment, Whole, Word
from node.storage.tables.metadata import table

passkeys = table(
    "passkeys",
    Column("id", Text, primary_key=True),
    Column("resident_id", Text, ForeignKey("residents.id"), nullable=False, index=True),
    Column("credential", Text, nullable=False, unique=True),
    Column("public_key", Text, nullable=False),
    Column("counter", Whole, nullable=False),
    Column("verified", Flag, nullable=False),  # made by somebody whom the device knew: finger, face or PIN
    Column("name", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("used", Moment),
)
challenges = table(  # what a passkey was asked to sign, until it did
    "challenges",
    Column("hash", Text, primary_key=True),
    Column("what", Text, nullable=False),
    Column("resident_id", Text),
    Column("browser", Text, nullable=False),
    Column("expires", Moment, nullable=False, index=True),
)
letter_codes = table(
    "letter_codes",
    Column("number", Text, primary_key=True),
    Column("code_hash", Text, nullable=False),
    Column("resident_id", Text, ForeignKey("residents.id"), nullable=False, index=True),
    Column("made_by", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("wrong", Whole, nullable=False),
    Column("used", Moment),
    Column("ended", Moment),  # locked after too many tries, taken back, or a newer one was made
)
recoveries = table(  # somebody who lost every way in, and comes back in person
    "recoveries",
    Column("id", Text, primary_key=True),
    Column("resident_id", Text, ForeignKey("residents.id"), nullable=False, index=True),
    Column("code_hash", Text, nullable=False, unique=True),
    Column("email", Text),  # where sign-in mails go afterwards; empty: as it was
    Column("opened", Moment, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("second", Text),
    Column("second_by", Text),
    Column("second_at", Moment),
    Column("ended", Moment),
)
proofs = table(  # why somebody is trusted further, and who says so
    "proofs",
    Column("resident_id", Text, ForeignKey("residents.id"), primary_key=True),
    Column("what", Word(Proof), primary_key=True),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
vouches = table(
    "vouches",
    Column("voucher", Text, ForeignKey("residents.id"), primary_key=True),
    Column("resident_id", Text, ForeignKey("residents.id"), primary_key=True, index=True),
    Column("said", Moment, nullable=False),
    Column("accepted", Moment),
    Column("declined", Moment),
)
