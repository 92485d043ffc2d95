"""Which message says thank you and who lets everybody read it; and when somebody was here last."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _thanks()
    for name in ("seen", "idle_told", "idle_told_again"):
        op.add_column("residents", sa.Column(name, WHOLE, nullable=True))
    # Nobody noted it before: half a year begins for everybody now.
    now = int(datetime.now(UTC).timestamp() * 1000)
    op.execute(sa.text("UPDATE residents SET seen = :now").bindparams(now=now))


def _thanks() -> None:
    op.create_table(
        "thanks",
        sa.Column("response_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("giver_yes", WHOLE, nullable=True),
        sa.Column("thanked_yes", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_thanks_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_thanks")),
        sa.UniqueConstraint("message_id", name=op.f("uq_thanks_message_id")),
        sqlite_strict=True,
    )
