"""Photos with posts of ours; how many a post has, wherever its home is."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("posts", sa.Column("photos", WHOLE, nullable=False, server_default="0"))
    op.create_table(
        "photos",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=True),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("width", WHOLE, nullable=False),
        sa.Column("height", WHOLE, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("added", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sqlite_strict=True,
    )
    for name in ("owner", "post_id"):
        op.create_index(op.f(f"ix_photos_{name}"), "photos", [name], unique=False)
    waits = sa.text("post_id IS NULL")
    op.create_index(
        "ix_photos_draft",
        "photos",
        ["owner", "draft"],
        unique=False,
        sqlite_where=waits,
        postgresql_where=waits,
    )
