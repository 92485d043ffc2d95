"""A neighbour may say that it lives at another address: where, and since when we know."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("nodes", sa.Column("moved_to", sa.Text()))
    op.add_column("nodes", sa.Column("moved", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
