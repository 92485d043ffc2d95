"""Who we say we are: actor documents, WebFinger, NodeInfo and host-meta. All served unsigned."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from node import __version__, clock
from node.federation import public_key
from node.federation.door import Federation
from node.federation.keys import public
from node.federation.own_key import RsaKey, SigningKey
from node.federation.terms import NAMESPACE, OF_ACTORS, aliases
from node.federation.vocabulary import AS, MEDIA_TYPE
from node.storage import nodes, policies, residents
from node.storage.database import Transaction

CONTEXT: list[Any] = [
    AS,
    "https://w3id.org/security/v1",
    "https://www.w3.org/ns/cid/v1",
    {
        "toot": "http://joinmastodon.org/ns#",
        "lemmy": "https://join-lemmy.org/ns#",
        "bk": NAMESPACE,
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "featured": {"@id": "toot:featured", "@type": "@id"},
        "postingRestrictedToMods": "lemmy:postingRestrictedToMods",
        "implements": {"@id": "https://w3id.org/fep/844e/implements", "@type": "@id", "@container": "@set"},
        "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
        "movedTo": {"@id": "as:movedTo", "@type": "@id"},
        "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
        "schema": "http://schema.org#",
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
        **aliases(OF_ACTORS),
    },
]
_RFC9421 = {
    "type": "Link",
    "href": "https://datatracker.ietf.org/doc/html/rfc9421",
    "name": "RFC-9421: HTTP Message Signatures",
}
_PROFILE = "http://webfinger.net/rel/profile-page"
_NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/2.1"


def group(
    door: Federation,
    hub: str | None,
    founded: datetime | None = None,
    also_known_as: Sequence[str] = (),
    moved_to: str | None = None,
) -> dict[str, Any]:
    """The neighbourhood or hub itself, as the fediverse sees it: a Group that writes and signs its own posts.

    `hub`: the actor of the hub that a neighbourhood names as its own. `founded`: the day that people came in.
    `also_known_as`: its actors of before, when it moved here; `moved_to`: where it went. It names no
    moderators: who they are is nobody's business elsewhere, and an actor with `attributedTo` has no clear
    owner (FEP-fe34).
    `webfinger` is its handle (FEP-2c59); its posts are not for search engines (`indexable`, FEP-5feb).
    """
    home, settings = door.home, door.settings
    if home.is_hub:
        ours = {"directory": home.directory}
    else:
        ours = {"adjacentNodes": home.adjacent, **({"hub": hub} if hub else {})}
    return {
        "@context": CONTEXT,
        "id": home.actor,
        "type": "Group",
        "preferredUsername": home.slug,
        "webfinger": settings.acct,
        "name": settings.name,
        "summary": f"<p>Hulpvragen en aanbod in {_plain(settings.name)}.</p>",
        "url": profile(door),
        **({"published": f"{founded:%Y-%m-%d}T00:00:00Z"} if founded else {}),
        **_boxes(home.actor),
        "featured": f"{home.actor}/featured",
        "endpoints": {"sharedInbox": f"{home.origin}/inbox"},
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "indexable": False,
        "postingRestrictedToMods": True,
        "areaCode": settings.area,
        **ours,
        **({"alsoKnownAs": list(also_known_as)} if also_known_as else {}),
        **({"movedTo": moved_to} if moved_to else {}),
        **({"icon": _picture(door.icon)} if door.icon else {}),
        "attachment": [
            _said("Gebied", _plain(f"{settings.name} ({settings.area})")),
            _said("Pagina", _page(door)),
        ],
        "generator": {"type": "Application", "implements": [_RFC9421]},
        **_group_keys(door),
    }


async def ourselves(door: Federation) -> dict[str, Any]:
    """Our Group as it is now."""
    hub, founded, moved_to = await door.database.reading(_as_now)
    return group(door, hub, founded, door.settings.were, moved_to)


def _as_now(tx: Transaction) -> tuple[str | None, datetime | None, str | None]:
    hub = nodes.hub(tx)
    return hub.actor if hub is not None else None, residents.founded(tx), policies.moved_to(tx)


def profile(door: Federation) -> str:
    """The address of our page, by our name."""
    return f"{door.home.origin}/@{door.home.slug}"


def application(door: Federation) -> dict[str, Any]:
    """The technical actor that signs what we read elsewhere (FEP-2677)."""
    home = door.home
    return {
        "@context": CONTEXT,
        "id": home.application,
        "type": "Application",
        "preferredUsername": door.settings.authority,
        "name": f"Buurtknoop {door.settings.name}",
        **_boxes(home.application),
        "endpoints": {"sharedInbox": f"{home.origin}/inbox"},
        "manuallyApprovesFollowers": True,
        "generator": {"type": "Application", "implements": [_RFC9421]},
        **_keys(door.keys.of_application().rsa, [door.keys.application], home.application),
    }


def webfinger(door: Federation, resource: str) -> dict[str, Any] | None:
    """Who a handle or an address of ours is (RFC 7033, FEP-d556); None for everything that is not ours."""
    home, settings = door.home, door.settings
    handles = {f"acct:{settings.acct}", home.actor, home.origin, f"{home.origin}/", profile(door)}
    applications = {f"acct:{settings.authority}@{settings.authority}", home.application}
    if resource.lower() in {handle.lower() for handle in handles}:
        page = {"rel": _PROFILE, "type": "text/html", "href": profile(door)}
        links = [_link("self", home.actor), page, _link(f"{AS}#Service", home.application)]
        aliases = [home.actor, profile(door)]
        return {"subject": f"acct:{settings.acct}", "aliases": aliases, "links": links}
    if resource.lower() in {handle.lower() for handle in applications}:
        subject = f"acct:{settings.authority}@{settings.authority}"
        return {"subject": subject, "aliases": [home.application], "links": [_link("self", home.application)]}
    return None


def is_resource(resource: str) -> bool:
    """Whether this can be asked for at all (RFC 7033: an absolute URI)."""
    try:
        return 0 < len(resource) <= 2048 and bool(urlsplit(resource).scheme)
    except ValueError:
        return False


def nodeinfo_links(door: Federation) -> dict[str, Any]:
    """Where the NodeInfo document is, and the Application (FEP-2677)."""
    links = [
        {"rel": _NODEINFO, "href": f"{door.home.origin}/nodeinfo/2.1"},
        {"rel": f"{AS}#Application", "href": door.home.application},
    ]
    return {"links": links}


def nodeinfo(door: Federation) -> dict[str, Any]:
    """What software this is (NodeInfo 2.1, FEP-f1d5). Counts of people are nobody's business (FEP-0151)."""
    return {
        "version": "2.1",
        "software": {"name": "buurtknoop", "version": __version__},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": False,
        "usage": {"users": {}},
        "metadata": {
            "nodeName": door.settings.name,
            "kind": str(door.settings.kind),
            "areaCode": door.settings.area,
        },
    }


def host_meta(door: Federation) -> str:
    """Where WebFinger is, for software that still asks (RFC 6415)."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">'
        f'<Link rel="lrdd" template="{lrdd(door)["template"]}"/></XRD>\n'
    )


def lrdd(door: Federation) -> dict[str, str]:
    """The same as a link."""
    return {"rel": "lrdd", "template": f"{door.home.origin}/.well-known/webfinger?resource={{uri}}"}


def _boxes(actor: str) -> dict[str, str]:
    return {name: f"{actor}/{name}" for name in ("inbox", "outbox", "followers", "following")}


def _group_keys(door: Federation) -> dict[str, Any]:
    at, now = clock.now(), door.keys.of_group()
    others = [key for key in door.keys.rsa_shown(at) if key.key_id != now.rsa.key_id]
    return _keys(now.rsa, [*door.keys.shown(at), *others], door.home.actor)


def _keys(main: RsaKey, methods: list[SigningKey | RsaKey], owner: str) -> dict[str, Any]:
    """An actor's keys. `publicKey` is the one RSA key that signs now: most software takes the first it finds
    there, and some breaks on a list.

    An RSA key of before, or to come, stands as a Multikey behind the others: so whoever reads FEP-521a can
    check what is still under way, and nobody takes it for the one that signs.
    """
    pem = public_key.pem(main.private.public_key())
    return {
        "publicKey": {"id": main.key_id, "owner": owner, "publicKeyPem": pem},
        "assertionMethod": [multikey(key, owner) for key in methods],
    }


def with_keys(document: dict[str, Any], told: dict[str, str]) -> dict[str, Any]:
    """Our actor with the keys that it has from now on (key id -> Multikey, the newest of each kind last):
    what others are told in a message that is signed with one of before, so that they believe it.

    `publicKey` is the newest RSA key, also while the one before still signs: most software keeps only that.
    """
    owner = document["id"]
    methods = [
        {"id": key_id, "type": "Multikey", "controller": owner, "publicKeyMultibase": value}
        for key_id, value in told.items()
    ]
    rsa = [(key_id, keys) for key_id, keys in told.items() if "#main-key" in key_id]
    main = document["publicKey"]
    if rsa:
        newest = public_key.decode(rsa[-1][1])
        pem = public_key.pem(newest) if isinstance(newest, RSAPublicKey) else main["publicKeyPem"]
        main = {"id": rsa[-1][0], "owner": owner, "publicKeyPem": pem}
    return {**document, "publicKey": main, "assertionMethod": methods}


def multikey(key: SigningKey | RsaKey, owner: str) -> dict[str, str]:
    """A public key as its owner's document shows it (FEP-521a)."""
    return {"id": key.key_id, "type": "Multikey", "controller": owner, "publicKeyMultibase": public(key)}


def _link(rel: str, href: str) -> dict[str, str]:
    return {"rel": rel, "type": MEDIA_TYPE, "href": href}


def _picture(url: str) -> dict[str, str]:
    return {"type": "Image", "mediaType": "image/png", "url": url}


def _said(name: str, html: str) -> dict[str, str]:
    """A line of a profile, as others show it."""
    return {"type": "PropertyValue", "name": name, "value": html}


def _page(door: Federation) -> str:
    return f'<a href="{door.home.origin}/">{door.settings.authority}</a>'


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
