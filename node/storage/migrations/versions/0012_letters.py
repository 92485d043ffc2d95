"""Letters wait in queues; what people want to hear by mail, what they were told, and how they stop it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("letters", sa.Column("queue", WHOLE, nullable=False, server_default="1"))
    op.execute("UPDATE letters SET queue = 0 WHERE what = 'signin'")
    op.drop_index("ix_letters_due", "letters")
    op.create_index("ix_letters_queue_due", "letters", ["queue", "due"], unique=False)
    _wishes()
    _books()
    _ways()


def _wishes() -> None:
    op.create_table(
        "digests",
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("often", sa.Text(), nullable=False),
        sa.Column("hour", WHOLE, nullable=False),
        sa.Column("due", WHOLE, nullable=True),
        _of_somebody("digests"),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_digests")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_digests_due"), "digests", ["due"], unique=False)
    op.create_table(
        "searches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("ring", sa.Text(), nullable=True),
        sa.Column("paused", sa.Integer(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        _of_somebody("searches"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_searches_resident_id"), "searches", ["resident_id"], unique=False)


def _books() -> None:
    op.create_table(
        "told",
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("post_uri", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("waits", sa.Integer(), nullable=False),
        _of_somebody("told"),
        sa.PrimaryKeyConstraint("resident_id", "post_uri", name=op.f("pk_told")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_told_at"), "told", ["at"], unique=False)
    waits = sa.text("waits = 1")
    op.create_index(
        "ix_told_waits",
        "told",
        ["resident_id", "at"],
        unique=False,
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_table(
        "stops",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        _of_somebody("stops"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_stops")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stops_resident_id"), "stops", ["resident_id"], unique=False)
    op.create_index(op.f("ix_stops_created"), "stops", ["created"], unique=False)


def _ways() -> None:
    op.create_table(
        "reply_ways",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("response_id", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        _of_somebody("reply_ways"),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_reply_ways_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_reply_ways")),
        sqlite_strict=True,
    )
    for name in ("resident_id", "response_id", "created"):
        op.create_index(op.f(f"ix_reply_ways_{name}"), "reply_ways", [name], unique=False)


def _of_somebody(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["resident_id"], ["residents.id"], name=op.f(f"fk_{table}_resident_id_residents")
    )
