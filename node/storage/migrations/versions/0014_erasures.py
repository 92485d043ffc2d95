"""Who erases themselves keeps a receipt, which names nobody; who moved here brought offers to look at."""

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
    op.create_table(
        "parcels",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("until", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcels")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_parcels_until"), "parcels", ["until"], unique=False)
    op.create_table(
        "luggage",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_luggage_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_luggage")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_luggage_resident_id"), "luggage", ["resident_id"], unique=False)
