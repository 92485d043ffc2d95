"""What lies around: websites of the neighbourhood's own, what they told, and the outlines of areas."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "websites",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("feed", sa.Text()),
        sa.Column("etag", sa.Text()),
        sa.Column("modified", sa.Text()),
        sa.Column("read", WHOLE),
        sa.Column("error", sa.Text()),
        sa.Column("failing", WHOLE),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_websites")),
        sa.UniqueConstraint("address", name=op.f("uq_websites_address")),
        sqlite_strict=True,
    )
    op.create_table(
        "entries",
        sa.Column("website", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("starts", WHOLE),
        sa.Column("ends", WHOLE),
        sa.Column("all_day", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("website", "key", name=op.f("pk_entries")),
        sa.ForeignKeyConstraint(["website"], ["websites.id"], name=op.f("fk_entries_website_websites")),
        sqlite_strict=True,
    )
    op.create_table(
        "outlines",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_outlines")),
        sqlite_strict=True,
    )
    op.create_index("ix_entries_at", "entries", ["at"], unique=False)
    op.create_index("ix_entries_starts", "entries", ["starts"], unique=False)
