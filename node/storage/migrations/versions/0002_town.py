"""The town: a hub, notices and events, threads, contact details, invites, reports, timers, districts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _more_of_what_was_there()
    _talks()
    op.create_table(
        "follows",
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_follows_resident_id_residents")
        ),
        sa.ForeignKeyConstraint(["node_id"], ["nodes.id"], name=op.f("fk_follows_node_id_nodes")),
        sa.PrimaryKeyConstraint("resident_id", "node_id", name=op.f("pk_follows")),
        sqlite_strict=True,
    )
    op.create_table(
        "borders",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("touches", sa.Text(), nullable=False),
        sa.Column("year", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_borders")),
        sqlite_strict=True,
    )
    op.create_table(
        "timers",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("due", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
        sa.UniqueConstraint("subject", "what", name=op.f("uq_timers_subject_what")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_timers_due"), "timers", ["due"], unique=False)


def _more_of_what_was_there() -> None:
    op.add_column("posts", sa.Column("starts", WHOLE, nullable=True))
    op.add_column("posts", sa.Column("place", sa.Text(), nullable=False, server_default=""))
    op.add_column("posts", sa.Column("widen", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("posts", sa.Column("released", WHOLE, nullable=True))
    op.add_column("posts", sa.Column("hidden", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_posts_starts", "posts", ["starts"], unique=False)
    op.drop_index("ix_posts_node_id", table_name="posts")
    for name, columns, rule in [
        ("ix_posts_node_id", ["node_id"], sa.text("node_id IS NOT NULL")),
        ("ix_posts_running", ["created", "id"], sa.text("ended IS NULL")),
    ]:
        op.create_index(name, "posts", columns, unique=False, sqlite_where=rule, postgresql_where=rule)
    op.add_column("residents", sa.Column("phone", sa.Text(), nullable=True))
    op.add_column("residents", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("nodes", sa.Column("membership", sa.Text(), nullable=False, server_default="none"))
    for name in ("membership_uri", "hub", "directory"):
        op.add_column("nodes", sa.Column(name, sa.Text(), nullable=True))
    op.execute(  # by hand, for SQLite takes a reference only as part of the column
        "ALTER TABLE activities ADD COLUMN node_id TEXT "
        "CONSTRAINT fk_activities_node_id_nodes REFERENCES nodes (id)"
    )


def _talks() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("response_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("deleted", WHOLE, nullable=True),
        _to("messages", "response_id", "responses"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("uri", name=op.f("uq_messages_uri")),
        sqlite_strict=True,
    )
    op.create_index("ix_messages_response_id_created", "messages", ["response_id", "created"], unique=False)
    op.create_table(
        "reads",
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("response_id", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        _to("reads", "resident_id", "residents"),
        _to("reads", "response_id", "responses"),
        sa.PrimaryKeyConstraint("resident_id", "response_id", name=op.f("pk_reads")),
        sqlite_strict=True,
    )
    op.create_table(
        "releases",
        sa.Column("response_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("released", WHOLE, nullable=False),
        sa.Column("ended", WHOLE, nullable=True),
        _to("releases", "response_id", "responses"),
        sa.PrimaryKeyConstraint("response_id", "side", name=op.f("pk_releases")),
        sqlite_strict=True,
    )
    _invites()
    op.create_table(
        "reports",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("resident", sa.Text(), nullable=True),
        sa.Column("node_id", sa.Text(), nullable=True),
        sa.Column("decided", WHOLE, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        _to("reports", "post_id", "posts"),
        _to("reports", "resident", "residents"),
        _to("reports", "node_id", "nodes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("uri", name=op.f("uq_reports_uri")),
        sqlite_strict=True,
    )
    for name in ("post_id", "state", "resident"):
        op.create_index(op.f(f"ix_reports_{name}"), "reports", [name], unique=False)


def _invites() -> None:
    op.create_table(
        "invites",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("expires", WHOLE, nullable=False),
        sa.Column("node_id", sa.Text(), nullable=True),
        sa.Column("resident", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("response_id", sa.Text(), nullable=True),
        sa.Column("decided", WHOLE, nullable=True),
        _to("invites", "post_id", "posts"),
        _to("invites", "offer_id", "posts"),
        _to("invites", "node_id", "nodes"),
        _to("invites", "resident", "residents"),
        _to("invites", "response_id", "responses"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invites")),
        sa.UniqueConstraint("uri", name=op.f("uq_invites_uri")),
        sqlite_strict=True,
    )
    for name in ("post_id", "offer_id", "resident"):
        op.create_index(op.f(f"ix_invites_{name}"), "invites", [name], unique=False)
    op.create_index(
        "uq_invites_pending",
        "invites",
        ["post_id", "offer_id"],
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
