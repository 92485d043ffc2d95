"""Every table. The schema itself is made by the migrations; a test compares the two on both databases."""

from node.storage.tables.books import audit, letters, log
from node.storage.tables.messages import activities, deliveries, destinations, receipts, seen
from node.storage.tables.metadata import metadata
from node.storage.tables.others import keys, lookups, nodes
from node.storage.tables.people import invitations, residents, roles, sessions, signin_links, tokens, tries
from node.storage.tables.posts import copies, matches, posts, responses, tombstones, voids

__all__ = [
    "activities",
    "audit",
    "copies",
    "deliveries",
    "destinations",
    "invitations",
    "keys",
    "letters",
    "log",
    "lookups",
    "matches",
    "metadata",
    "nodes",
    "posts",
    "receipts",
    "residents",
    "responses",
    "roles",
    "seen",
    "sessions",
    "signin_links",
    "tokens",
    "tombstones",
    "tries",
    "voids",
]
