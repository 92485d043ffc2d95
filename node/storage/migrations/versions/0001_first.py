"""The first schema: people, posts, answers and agreements, other nodes, and what goes between."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "activities",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("post_uri", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sa.UniqueConstraint("uri", name=op.f("uq_activities_uri")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_activities_object"), "activities", ["object"], unique=False)
    op.create_index(op.f("ix_activities_post_uri"), "activities", ["post_uri"], unique=False)
    op.create_table(
        "audit",
        sa.Column("seq", WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
        sqlite_strict=True,
    )
    op.create_table(
        "destinations",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("due", WHOLE, nullable=True),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("lease", WHOLE, nullable=True),
        sa.Column("fence", WHOLE, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_destinations")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_destinations_due"), "destinations", ["due"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("expires", WHOLE, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=True),
        sa.Column("left", WHOLE, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_invitations")),
        sqlite_strict=True,
    )
    op.create_table(
        "keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("multibase", sa.Text(), nullable=False),
        sa.Column("fetched", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keys")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_keys_origin"), "keys", ["origin"], unique=False)
    op.create_table(
        "log",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_log_subject"), "log", ["subject"], unique=False)
    op.create_table(
        "lookups",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=True),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("due", WHOLE, nullable=True),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lookups")),
        sa.UniqueConstraint("what", "subject", name=op.f("uq_lookups_what_subject")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_lookups_due"), "lookups", ["due"], unique=False)
    op.create_table(
        "nodes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("outbox", sa.Text(), nullable=True),
        sa.Column("adjacent", sa.Text(), nullable=True),
        sa.Column("application", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("we_claim", sa.Integer(), nullable=False),
        sa.Column("they_claim", sa.Integer(), nullable=False),
        sa.Column("our_follow", sa.Text(), nullable=False),
        sa.Column("their_follow", sa.Text(), nullable=False),
        sa.Column("their_follow_uri", sa.Text(), nullable=True),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("alarm", sa.Text(), nullable=True),
        sa.Column("fetched", WHOLE, nullable=True),
        sa.Column("last_seen", WHOLE, nullable=True),
        sa.Column("receipts_due", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nodes")),
        sa.UniqueConstraint("actor", name=op.f("uq_nodes_actor")),
        sa.UniqueConstraint("origin", name=op.f("uq_nodes_origin")),
        sqlite_strict=True,
    )
    op.create_table(
        "residents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("admitted", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residents")),
        sa.UniqueConstraint("email", name=op.f("uq_residents_email")),
        sqlite_strict=True,
    )
    op.create_table(
        "seen",
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("uri", name=op.f("pk_seen")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_seen_at"), "seen", ["at"], unique=False)
    op.create_table(
        "tombstones",
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("uri", name=op.f("pk_tombstones")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_tombstones_at"), "tombstones", ["at"], unique=False)
    op.create_table(
        "tries",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tries")),
        sqlite_strict=True,
    )
    op.create_index("ix_tries_what_who_at", "tries", ["what", "who", "at"], unique=False)
    op.create_table(
        "voids",
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("uri", name=op.f("pk_voids")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_voids_at"), "voids", ["at"], unique=False)
    op.create_table(
        "copies",
        sa.Column("post_uri", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["nodes.id"], name=op.f("fk_copies_node_id_nodes")),
        sa.PrimaryKeyConstraint("post_uri", "node_id", name=op.f("pk_copies")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_copies_post_id"), "copies", ["post_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_deliveries_activity_id_activities")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("activity_id", "origin", name=op.f("uq_deliveries_activity_id_origin")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_deliveries_activity_id"), "deliveries", ["activity_id"], unique=False)
    op.create_index(
        "ix_deliveries_pending",
        "deliveries",
        ["origin", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "letters",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("due", WHOLE, nullable=True),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_letters_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_letters_due"), "letters", ["due"], unique=False)
    op.create_table(
        "posts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("area_name", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("updated", WHOLE, nullable=False),
        sa.Column("expires", WHOLE, nullable=False),
        sa.Column("decide", sa.Text(), nullable=False),
        sa.Column("places", WHOLE, nullable=False),
        sa.Column("places_left", WHOLE, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("ended", WHOLE, nullable=True),
        sa.CheckConstraint("places_left >= 0 AND places_left <= places", name=op.f("ck_posts_places")),
        sa.ForeignKeyConstraint(["author"], ["residents.id"], name=op.f("fk_posts_author_residents")),
        sa.ForeignKeyConstraint(["node_id"], ["nodes.id"], name=op.f("fk_posts_node_id_nodes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("uri", name=op.f("uq_posts_uri")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_posts_author"), "posts", ["author"], unique=False)
    op.create_index(op.f("ix_posts_expires"), "posts", ["expires"], unique=False)
    op.create_index("ix_posts_kind_created_id", "posts", ["kind", "created", "id"], unique=False)
    op.create_index(op.f("ix_posts_node_id"), "posts", ["node_id"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("activity_uri", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["nodes.id"], name=op.f("fk_receipts_node_id_nodes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("node_id", "activity_uri", name=op.f("uq_receipts_node_id_activity_uri")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_receipts_node_id"), "receipts", ["node_id"], unique=False)
    op.create_table(
        "roles",
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("granted", WHOLE, nullable=False),
        sa.Column("until", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_roles_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("resident_id", "role", name=op.f("pk_roles")),
        sqlite_strict=True,
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("seen", WHOLE, nullable=False),
        sa.Column("expires", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_sessions_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sessions_expires"), "sessions", ["expires"], unique=False)
    op.create_index(op.f("ix_sessions_resident_id"), "sessions", ["resident_id"], unique=False)
    op.create_table(
        "signin_links",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("expires", WHOLE, nullable=False),
        sa.Column("lasting", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_signin_links_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_signin_links")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_signin_links_resident_id"), "signin_links", ["resident_id"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("used", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_tokens_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_tokens")),
        sa.UniqueConstraint("id", name=op.f("uq_tokens_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_tokens_resident_id"), "tokens", ["resident_id"], unique=False)
    op.create_table(
        "responses",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("resident", sa.Text(), nullable=True),
        sa.Column("node_id", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("decided", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["node_id"], ["nodes.id"], name=op.f("fk_responses_node_id_nodes")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_responses_post_id_posts")),
        sa.ForeignKeyConstraint(["resident"], ["residents.id"], name=op.f("fk_responses_resident_residents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sa.UniqueConstraint("uri", name=op.f("uq_responses_uri")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_responses_answer"), "responses", ["answer"], unique=False)
    op.create_index(op.f("ix_responses_node_id"), "responses", ["node_id"], unique=False)
    op.create_index(op.f("ix_responses_post_id"), "responses", ["post_id"], unique=False)
    op.create_index(op.f("ix_responses_resident"), "responses", ["resident"], unique=False)
    op.create_index(
        "uq_responses_pending",
        "responses",
        ["post_id", "party"],
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "matches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("response_id", sa.Text(), nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("ended", WHOLE, nullable=True),
        sa.CheckConstraint("place >= 1", name=op.f("ck_matches_place")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_matches_post_id_posts")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_matches_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matches")),
        sa.UniqueConstraint("uri", name=op.f("uq_matches_uri")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_matches_place",
        "matches",
        ["post_id", "place"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_index(
        "uq_matches_response",
        "matches",
        ["response_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
