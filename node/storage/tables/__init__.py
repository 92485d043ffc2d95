"""Every table. The schema itself is made by the migrations; a test compares the two on both databases."""

from node.storage.tables.books import audit, letters, log, timers
from node.storage.tables.messages import activities, deliveries, destinations, receipts, seen
from node.storage.tables.metadata import metadata
from node.storage.tables.others import borders, keys, lookups, nodes
from node.storage.tables.people import (
    follows,
    invitations,
    residents,
    roles,
    sessions,
    signin_links,
    tokens,
    tries,
)
from node.storage.tables.posts import copies, matches, posts, responses, tombstones, voids
from node.storage.tables.talks import invites, messages, reads, releases, reports

__all__ = [
    "activities",
    "audit",
    "borders",
    "copies",
    "deliveries",
    "destinations",
    "follows",
    "invitations",
    "invites",
    "keys",
    "letters",
    "log",
    "lookups",
    "matches",
    "messages",
    "metadata",
    "nodes",
    "posts",
    "reads",
    "receipts",
    "releases",
    "reports",
    "residents",
    "responses",
    "roles",
    "seen",
    "sessions",
    "signin_links",
    "timers",
    "tokens",
    "tombstones",
    "tries",
    "voids",
]
