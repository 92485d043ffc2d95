"""What a server made with Fedify reads of ours: who we are, our posts, and FEP-0837 in its own vocabulary."""

from datetime import datetime, timedelta

import pytest

from node.clock import now
from node.demo.place import Place
from tests.peers.conftest import Resident
from tests.peers.fedify import Fedify, NotDone


async def test_the_group_has_a_key_of_each_kind(place: Place, there: Fedify) -> None:
    group = place.settings.home.actor
    found = await there.looks(group)
    assert (found["class"], found["id"], found["name"]) == ("Group", group, place.settings.name)
    assert (found["handle"], found["inbox"]) == (place.settings.slug, f"{group}/inbox")
    assert found["multikeys"] == [{"id": f"{group}#ed25519-key", "owner": group, "algorithm": "Ed25519"}]
    assert found["key"] == {"id": f"{group}#main-key", "owner": group, "algorithm": "RSASSA-PKCS1-v1_5"}


async def test_the_application_has_a_key_of_each_kind(place: Place, there: Fedify) -> None:
    who = place.settings.home.application
    found = await there.looks(who)
    assert (found["class"], found["id"]) == ("Application", who)
    assert found["multikeys"] == [{"id": f"{who}#ed25519-key", "owner": who, "algorithm": "Ed25519"}]
    assert found["key"] == {"id": f"{who}#main-key", "owner": who, "algorithm": "RSASSA-PKCS1-v1_5"}


async def test_a_public_post_is_a_note(place: Place, there: Fedify, bea: Resident) -> None:
    post = await bea.asks("Wie doet boodschappen?")
    found = await there.looks(post["uri"])
    assert (found["class"], found["id"], found["name"]) == ("Note", post["uri"], "Wie doet boodschappen?")
    assert "Een zak aardappels." in found["content"]


async def test_the_twin_of_a_request_is_a_proposal(place: Place, there: Fedify, bea: Resident) -> None:
    post = await bea.asks("Wie doet boodschappen?", places=2)
    found = await there.looks(f"{post['uri']}/proposal")
    assert found == {
        "class": "Proposal",
        "id": f"{post['uri']}/proposal",
        "name": "Wie doet boodschappen?",
        "purpose": "request",
        "by": place.settings.home.actor,
        "unitBased": True,
        "action": "deliverService",
        "conformsTo": f"{place.origin}/ap/category/boodschappen",
        "quantity": "1",
        "unit": "one",
        "available": "2",
    }


async def test_an_event_is_an_event(place: Place, there: Fedify, bea: Resident) -> None:
    starts = (now() + timedelta(days=2)).replace(microsecond=0)
    event = {
        "title": "Soep eten",
        "category": "gezelschap",
        "starts": starts.isoformat(),
        "audience": "public",
    }
    post = await bea.does("POST", "/events", {**event, "text": "Neem een lepel mee."})
    found = await there.looks(post["uri"])
    assert (found["class"], found["id"], found["name"]) == ("Event", post["uri"], "Soep eten")
    assert datetime.fromisoformat(found["starts"]) == starts
    assert "Neem een lepel mee." in found["content"]


async def test_what_is_not_public_cannot_be_read_with_a_signature_either(
    there: Fedify, bea: Resident
) -> None:
    post = await bea.asks("Wie kijkt naar mijn fiets?", audience="adjacent")
    with pytest.raises(NotDone, match="nothing to read"):
        await there.looks(post["uri"], by="ada")
