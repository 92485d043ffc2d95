"""Search: the folded words of each post, and an index of three letters at a time over them.

On SQLite that is a virtual table over `posts.folded`. Who makes `posts` anew in a later step (a batch that
copies the table) keeps the numbers, for the index knows posts by them.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from node.neighbourhood.folding import fold

revision = "0008"
down_revision = "0007"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PIECE = 1000
UNFOUND = ("draft", "waiting", "withdrawn", "hidden", "referred", "expired")
TRIGRAMS = (
    "CREATE VIRTUAL TABLE trigrams USING fts5("
    "folded, content='posts', content_rowid='number', tokenize='trigram', detail=none, columnsize=0)"
)
IF_IT_MAY = """
DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX ix_posts_folded ON posts USING gin (folded gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE NOTICE 'no pg_trgm: search reads every post';
END $$
"""


def upgrade() -> None:
    op.add_column("posts", sa.Column("folded", sa.Text(), nullable=False, server_default=""))
    op.add_column("posts", sa.Column("number", WHOLE))
    there = sa.text("number IS NOT NULL")
    op.create_index(
        "uq_posts_number", "posts", ["number"], unique=True, sqlite_where=there, postgresql_where=there
    )
    op.create_index("ix_posts_created_id", "posts", ["created", "id"])
    op.create_table(
        "trigrams_left",
        sa.Column("number", WHOLE, nullable=False, autoincrement=False),
        sa.Column("merging", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_trigrams_left")),
        sqlite_strict=True,
    )
    op.create_table(
        "trigrams_known",
        sa.Column("until", WHOLE, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("until", name=op.f("pk_trigrams_known")),
        sqlite_strict=True,
    )
    on_file = op.get_bind().dialect.name == "sqlite"
    if on_file:
        op.execute(TRIGRAMS)
    _fold_all(on_file)
    if on_file:
        op.execute("INSERT INTO trigrams (trigrams) VALUES ('rebuild')")
        op.execute("INSERT INTO trigrams_known (until) SELECT coalesce(max(number), 0) FROM posts")
    else:
        op.execute(IF_IT_MAY)


def _fold_all(numbered: bool) -> None:
    """Of all that is here already."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text("SELECT id, title, text, place, state, hidden FROM posts ORDER BY created, id")
    ).mappings()
    told = [
        {"key": row["id"], "folded": _folded(row), "number": number if numbered else None}
        for number, row in enumerate(rows.all(), 1)
    ]
    change = sa.text("UPDATE posts SET number = :number, folded = :folded WHERE id = :key")
    change = change.bindparams(sa.bindparam("number", type_=WHOLE))
    for start in range(0, len(told), PIECE):
        connection.execute(change, told[start : start + PIECE])


def _folded(row: Mapping[Any, Any]) -> str:
    if row["hidden"] or row["state"] in UNFOUND:
        return ""
    words = "\n".join(row[name] for name in ("title", "place", "text"))
    return f" {fold(words)} "
