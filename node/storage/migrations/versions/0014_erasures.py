"""Who erases themselves keeps a receipt, which names nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("posts", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("until", WHOLE, nullable=False),
        sa.Column("swept", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_erasures")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_erasures_until"), "erasures", ["until"], unique=False)
