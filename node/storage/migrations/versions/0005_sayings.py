"""A report can be about an answer to a post, or about a message in a conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(  # by hand, for SQLite takes a reference only as part of the column
        "ALTER TABLE reports ADD COLUMN response_id TEXT "
        "CONSTRAINT fk_reports_response_id_responses REFERENCES responses (id)"
    )
    op.add_column("reports", sa.Column("message_id", sa.Text()))
    op.create_index(op.f("ix_reports_response_id"), "reports", ["response_id"], unique=False)
