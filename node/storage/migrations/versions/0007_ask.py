"""On which days and how often, for when it was agreed, and what somebody began to write."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("posts", sa.Column("when", sa.Text()))
    op.add_column("posts", sa.Column("day_part", sa.Text(), nullable=False, server_default="any"))
    op.add_column("posts", sa.Column("repeats", sa.Text(), nullable=False, server_default="once"))
    op.add_column("responses", sa.Column("when", sa.Text(), nullable=False, server_default=""))
    op.add_column("matches", sa.Column("agreed_for", WHOLE))
    op.create_table(
        "drafts",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("owner", "kind", name=op.f("pk_drafts")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_drafts_at"), "drafts", ["at"], unique=False)
