"""Ways in without a password: a code beside the link, passkeys, letters, coming back; and who is known."""

from time import time

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GRACE = 14 * 24 * 3600 * 1000  # milliseconds: who holds a role already has a fortnight to make a passkey


def upgrade() -> None:
    op.add_column("signin_links", sa.Column("browser", sa.Text()))
    op.add_column("signin_links", sa.Column("code_hash", sa.Text()))
    op.add_column("sessions", sa.Column("shared", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("way", sa.Text(), nullable=False, server_default="mail"))
    op.add_column("sessions", sa.Column("notice", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("verified", WHOLE))
    op.add_column("roles", sa.Column("passkey_by", WHOLE))
    roles = sa.table("roles", sa.column("passkey_by", WHOLE))
    op.execute(roles.update().values(passkey_by=int(time() * 1000) + GRACE))
    _passkeys()
    _letters()
    _trust()


def _passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("counter", WHOLE, nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("used", WHOLE),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_passkeys_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkeys_credential")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_passkeys_resident_id"), "passkeys", ["resident_id"], unique=False)
    op.create_table(
        "challenges",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text()),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("expires", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_challenges")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_challenges_expires"), "challenges", ["expires"], unique=False)


def _letters() -> None:
    op.create_table(
        "letter_codes",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("expires", WHOLE, nullable=False),
        sa.Column("wrong", WHOLE, nullable=False),
        sa.Column("used", WHOLE),
        sa.Column("ended", WHOLE),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_letter_codes_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_letter_codes")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_letter_codes_resident_id"), "letter_codes", ["resident_id"], unique=False)
    op.create_table(
        "recoveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("opened", WHOLE, nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("second", sa.Text()),
        sa.Column("second_by", sa.Text()),
        sa.Column("second_at", WHOLE),
        sa.Column("ended", WHOLE),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_recoveries_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recoveries_code_hash")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_recoveries_resident_id"), "recoveries", ["resident_id"], unique=False)


def _trust() -> None:
    op.create_table(
        "proofs",
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_proofs_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("resident_id", "what", name=op.f("pk_proofs")),
        sqlite_strict=True,
    )
    op.create_table(
        "vouches",
        sa.Column("voucher", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("said", WHOLE, nullable=False),
        sa.Column("accepted", WHOLE),
        sa.Column("declined", WHOLE),
        sa.ForeignKeyConstraint(["voucher"], ["residents.id"], name=op.f("fk_vouches_voucher_residents")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_vouches_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("voucher", "resident_id", name=op.f("pk_vouches")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_vouches_resident_id"), "vouches", ["resident_id"], unique=False)
