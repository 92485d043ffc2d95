"""What changes elsewhere: where a neighbour's node moved to, and when a message was written anew."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("nodes", sa.Column("moved_to", sa.Text()))
    op.add_column("nodes", sa.Column("moved", WHOLE))
    op.add_column("messages", sa.Column("changed", WHOLE))
