"""An example of everything that a node keeps of somebody, for the description of the API."""

from datetime import UTC, datetime

from node.api.export import Account, DigestWish, District, Export, Grant
from node.api.nodes import NodeName
from node.neighbourhood.digest import Often
from node.neighbourhood.following import Wish
from node.neighbourhood.roles import Role

BEA = "3f5a7c9e1b2d4f60819a3b5c7d9e0f12"
TUESDAY = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)

EXPORT = Export(
    made=TUESDAY,
    node=NodeName("Centrum", "https://centrum.example"),
    account=Account(
        "3f5a7c9e1b2d4f60819a3b5c7d9e0f12",
        "Bea",
        "bea@centrum.example",
        None,
        None,
        "nl",
        TUESDAY,
        TUESDAY,
        TUESDAY,
    ),
    roles=[Grant(Role.BROKER, TUESDAY, None)],
    posts=[],
    answers=[],
    agreements=[],
    thanks=[],
    invites=[],
    reports=[],
    districts=[District("Haven", Wish.FOLLOW)],
    drafts=[],
    brought=[],
    photos=[],
    digests=[DigestWish(Often.WEEKLY, 9)],
    searches=[],
    told=[],
    sessions=[],
    tokens=[],
    invitations=[],
    passkeys=[],
    proofs=[],
    vouches=[],
    paper=[],
    returns=[],
    log=[],
)
