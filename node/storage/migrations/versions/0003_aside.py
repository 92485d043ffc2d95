"""A message that a host refuses can be set aside, with its own next try."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("due", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
