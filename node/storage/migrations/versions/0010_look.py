"""How far every area of the map is from ours, counted once."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "distances",
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("away", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sqlite_strict=True,
    )
