"""The fediverse: accounts elsewhere and what they write, whom a node blocks, one delivery for each inbox."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _accounts()
    _replies()
    _rules()
    op.add_column("nodes", sa.Column("paused", sa.Integer(), nullable=False, server_default="0"))
    op.execute(  # by hand, for SQLite takes a reference only as part of the column
        "ALTER TABLE responses ADD COLUMN account_id TEXT "
        "CONSTRAINT fk_responses_account_id_accounts REFERENCES accounts (id)"
    )
    op.create_index(op.f("ix_responses_account_id"), "responses", ["account_id"], unique=False)
    _one_delivery_for_each_inbox()


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("met", WHOLE, nullable=False),
        sa.Column("shared_inbox", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("their_follow", sa.Text(), nullable=False),
        sa.Column("their_follow_uri", sa.Text(), nullable=True),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("moved", WHOLE, nullable=True),
        sa.Column("fetched", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("actor", name=op.f("uq_accounts_actor")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_accounts_origin"), "accounts", ["origin"], unique=False)
    op.create_index(op.f("ix_accounts_met"), "accounts", ["met"], unique=False)
    follows = sa.text("their_follow <> 'none'")
    op.create_index(
        "ix_accounts_following",
        "accounts",
        ["their_follow"],
        unique=False,
        sqlite_where=follows,
        postgresql_where=follows,
    )


def _replies() -> None:
    op.create_table(
        "replies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=True),
        sa.Column("public", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("response_id", sa.Text(), nullable=True),
        sa.Column("decided", WHOLE, nullable=True),
        _to("replies", "account_id", "accounts"),
        _to("replies", "post_id", "posts"),
        _to("replies", "response_id", "responses"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("uri", name=op.f("uq_replies_uri")),
        sqlite_strict=True,
    )
    for name in ("account_id", "post_id", "state"):
        op.create_index(op.f(f"ix_replies_{name}"), "replies", [name], unique=False)
    op.create_table(
        "applause",
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        _to("applause", "post_id", "posts"),
        sa.PrimaryKeyConstraint("post_id", "actor", "what", name=op.f("pk_applause")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_applause_uri"), "applause", ["uri"], unique=False)
    op.create_table(
        "spread",
        sa.Column("post_uri", sa.Text(), nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("post_uri", "inbox", name=op.f("pk_spread")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_spread_post_id"), "spread", ["post_id"], unique=False)


def _rules() -> None:
    op.create_table(
        "blocks",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_blocks")),
        sqlite_strict=True,
    )
    op.create_table(
        "advisories",
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("expires", WHOLE, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("uri", name=op.f("pk_advisories")),
        sqlite_strict=True,
    )
    op.create_table(
        "policies",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_policies")),
        sqlite_strict=True,
    )


def _one_delivery_for_each_inbox() -> None:
    """Of other software one host has many inboxes. SQLite changes a rule only by making the table anew."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("uq_deliveries_activity_id_origin", "deliveries", type_="unique")
        op.create_unique_constraint("uq_deliveries_activity_id_inbox", "deliveries", ["activity_id", "inbox"])
        return
    names = ("id", "activity_id", "origin", "inbox", "state", "created", "attempts", "error", "due")
    op.create_table(
        "new_deliveries",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("due", WHOLE, nullable=True),
        _to("deliveries", "activity_id", "activities"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("activity_id", "inbox", name=op.f("uq_deliveries_activity_id_inbox")),
        sqlite_strict=True,
    )
    columns = ", ".join(names)
    op.execute(f"INSERT INTO new_deliveries ({columns}) SELECT {columns} FROM deliveries")  # noqa: S608  (no words of anybody's in it)
    op.drop_table("deliveries")
    op.rename_table("new_deliveries", "deliveries")
    op.create_index(op.f("ix_deliveries_activity_id"), "deliveries", ["activity_id"], unique=False)
    pending = sa.text("state = 'pending'")
    op.create_index(
        "ix_deliveries_pending",
        "deliveries",
        ["origin", "id"],
        unique=False,
        sqlite_where=pending,
        postgresql_where=pending,
    )


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
