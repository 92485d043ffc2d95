"""A neighbour's node that lives at another address from now on: our operator is told, and decides (A19)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from node.acts import moving, nodes
from node.clock import now
from node.neighbourhood.block import Block, Severity, Source
from node.neighbourhood.node import Membership, Node, Standing
from node.neighbourhood.refusal import Conflict, NotAllowed
from node.neighbourhood.resident import Resident
from node.storage import blocks, lookups
from node.storage import nodes as kept_nodes
from node.storage.database import Transaction
from tests.federation import town_of_nodes
from tests.federation.liar import Liar
from tests.federation.stranger import Stranger
from tests.federation.town_of_nodes import Model, Place
from tests.federation.wire import until, until_true

Moved = tuple[Place, Liar, Liar]


@pytest.fixture
async def met(tmp_path: Path, two_neighbours: Model) -> AsyncIterator[Moved]:
    """Centrum, a neighbour of it, and the address where that one says that it lives now."""
    async with town_of_nodes.opened(tmp_path, two_neighbours) as some:
        place = some.places[0]
        old, new = Liar(some.wire, "oud"), Liar(some.wire, "nieuw")
        await old.befriend(place)
        yield place, old, new


def both_say_so(old: Liar, new: Liar) -> None:
    old.serve(old.actor, old.group(movedTo=new.actor))
    new.serve(new.actor, new.group(alsoKnownAs=[old.actor], areaCode="BU00000008"))


async def says_move(place: Place, old: Liar, target: object, who: str | None = "itself") -> None:
    said = old.activity("Move", old.actor if who == "itself" else who, target=target)
    assert (await old.says(place, said)).status_code == 202


async def looked(place: Place) -> None:
    """Until whatever it set out to look at was tried, or it set out for nothing."""

    async def tried() -> bool:
        return all(one.attempts for one in await place.database.reading(lookups.open_for, "node moves"))

    await until(tried)


async def known_to_move(place: Place, old: Liar) -> Node:
    async def look() -> Node | None:
        node = await place.knows(old)
        return node if node.moved_to is not None else None

    return await until(look)


async def stays(place: Place, old: Liar) -> None:
    await looked(place)
    node = await place.knows(old)
    assert (node.standing, node.moved_to) == (Standing.ACTIVE, None)
    assert await place.letters("node moved") == []


async def test_a19_the_operator_is_told_and_nothing_happens_by_itself(met: Moved) -> None:
    place, old, new = met
    both_say_so(old, new)
    await says_move(place, old, new.actor)
    node = await known_to_move(place, old)
    assert (node.moved_to, node.standing) == (new.actor, Standing.ACTIVE)
    assert await place.letters("node moved") == [place.cast.operator.id]
    await until(place.idle)
    assert new.got == []
    assert [said["type"] for said in old.got].count("Undo") == 0


async def test_a19_a_yes_asks_the_new_one_and_lets_the_old_one_go(met: Moved) -> None:
    place, old, new = met
    both_say_so(old, new)
    post = await place.asks("Wie kan er morgen schilderen?")
    await until_true(lambda: [said for said in old.got if said["type"] == "Create"])
    await says_move(place, old, new.actor)
    node = await known_to_move(place, old)
    for person in (place.cast.poster, place.cast.supervisor, place.cast.outsider):
        with pytest.raises(NotAllowed):
            await place.database.writing(moving.follow, person, node.id, now())
    await place.database.writing(moving.follow, place.cast.operator, node.id, now())
    await until_true(lambda: [said for said in new.got if said["type"] == "Follow"])
    await until_true(lambda: {"Undo", "Delete"} <= {said["type"] for said in old.got})
    assert next(said for said in old.got if said["type"] == "Delete")["object"]["id"] == post.uri
    assert (await place.knows(new)).standing is Standing.ASKED
    assert old.origin not in await place.neighbours()
    with pytest.raises(Conflict):
        await place.database.writing(moving.follow, place.cast.operator, node.id, now())
    await new.befriend(place)
    assert new.origin in await place.neighbours()


@pytest.mark.parametrize("also", [[], ["https://oud.example/ap/buurt/oud2"], "https://oud.example", None])
async def test_a19_what_only_the_old_one_says_is_ignored(met: Moved, also: Any) -> None:
    place, old, new = met
    old.serve(old.actor, old.group(movedTo=new.actor))
    new.serve(new.actor, new.group(alsoKnownAs=also))
    await says_move(place, old, new.actor)
    await until_true(lambda: new.asked)
    await stays(place, old)


@pytest.mark.parametrize("named", [None, "https://nieuw.example", "https://elders.example/ap/buurt/elders"])
async def test_a19_an_old_document_that_does_not_say_so_either_is_not_believed(
    met: Moved, named: Any
) -> None:
    place, old, new = met
    both_say_so(old, new)
    old.serve(old.actor, old.group(movedTo=named))
    await says_move(place, old, new.actor)
    await until_true(lambda: new.asked)
    await stays(place, old)


async def test_a19_a_move_to_itself_to_us_or_of_somebody_else_is_not_even_looked_at(met: Moved) -> None:
    place, old, new = met
    for target in (old.actor, f"{old.actor}/nieuw", place.home.actor, None, 7, "nergens"):
        await says_move(place, old, target)
    both_say_so(old, new)
    for thing in (new.actor, "https://noord.example/ap/buurt/noord", place.home.actor, None):
        await says_move(place, old, new.actor, thing)
    await says_move(place, old, f"{new.actor}?{'x' * 500}")
    await stays(place, old)
    assert await place.database.reading(lookups.open_for, "node moves") == []
    assert new.asked == []


async def test_a19_a_chain_is_not_followed(met: Moved) -> None:
    place, old, new = met
    both_say_so(old, new)
    new.serve(new.actor, new.group(alsoKnownAs=[old.actor], movedTo="https://derde.example/ap/buurt/derde"))
    await says_move(place, old, new.actor)
    await until_true(lambda: new.asked)
    await stays(place, old)


async def test_a19_a_second_move_within_thirty_days_is_ignored(met: Moved) -> None:
    place, old, new = met
    both_say_so(old, new)
    await says_move(place, old, new.actor)
    node = await known_to_move(place, old)
    third = Liar(place.wire, "derde")
    both_say_so(old, third)
    await says_move(place, old, third.actor)
    await looked(place)
    assert (await place.knows(old)).moved_to == new.actor
    assert third.asked == []
    assert node.moved is not None
    await place.change("nodes", moved=node.moved - timedelta(days=31))
    await says_move(place, old, third.actor)

    async def third_is_named() -> bool:
        return (await place.knows(old)).moved_to == third.actor

    await until(third_is_named)


async def test_a19_who_is_no_partner_or_was_let_go_moves_without_us(met: Moved) -> None:
    place, old, new = met
    stranger = Liar(place.wire, "vreemd")
    follow = stranger.activity("Follow", place.home.actor)
    await stranger.says(place, follow)
    both_say_so(stranger, new)
    await says_move(place, stranger, new.actor)
    await place.database.writing(nodes.end, place.cast.operator, (await place.knows(old)).id, now())
    both_say_so(old, new)
    await says_move(place, old, new.actor)
    await looked(place)
    assert [(await place.knows(one)).moved_to for one in (stranger, old)] == [None, None]
    assert new.asked == []


def let_go(tx: Transaction, operator: Resident, node_id: str) -> None:
    """No neighbour any more, but both are still members of the same hub."""
    after = nodes.end(tx, operator, node_id, now())
    kept_nodes.save(tx, replace(after, membership=Membership.MEMBER, membership_uri=None))


async def test_a19_who_is_a_fellow_member_alone_moves_without_us(met: Moved) -> None:
    place, old, new = met
    both_say_so(old, new)
    await place.database.writing(let_go, place.cast.operator, (await place.knows(old)).id)
    await says_move(place, old, new.actor)
    await looked(place)
    assert (await place.knows(old)).moved_to is None
    assert new.asked == []


async def test_a19_who_was_let_go_for_the_new_one_asks_nothing_more_of_the_operator(met: Moved) -> None:
    place, old, new = met
    both_say_so(old, new)
    await says_move(place, old, new.actor)
    node = await known_to_move(place, old)
    assert node.leaves_for == new.actor
    await place.database.writing(let_go, place.cast.operator, node.id)
    assert (await place.knows(old)).leaves_for is None


async def test_a19_no_node_moves_to_an_account(met: Moved) -> None:
    place, old, _ = met
    account = Stranger(place.wire, "sociaal", user="buurt", kind="Group")
    account.serve(account.person, account.document(alsoKnownAs=[old.actor]))
    old.serve(old.actor, old.group(movedTo=account.person))
    await says_move(place, old, account.person)
    await until_true(lambda: account.asked)
    await stays(place, old)


@pytest.mark.parametrize("subject", ["nieuw.example", "https://nieuw.example/ap/buurt/nieuw"])
async def test_a19_nobody_moves_to_whom_we_block(met: Moved, subject: str) -> None:
    place, old, new = met
    both_say_so(old, new)
    await place.database.writing(blocks.put, Block(subject, Severity.BLOCK, "", Source.OWN, now()))
    await says_move(place, old, new.actor)
    await stays(place, old)
    assert new.asked == []


async def test_a19_what_is_read_of_the_old_one_again_does_not_wipe_it_out(met: Moved) -> None:
    place, old, new = met
    both_say_so(old, new)
    await says_move(place, old, new.actor)
    await known_to_move(place, old)
    asked = len(old.asked)
    await old.says(place, old.activity("Update", old.group(movedTo=new.actor)))
    await until_true(lambda: old.actor.removeprefix(old.origin) in old.asked[asked:])
    await until(place.idle)
    assert (await place.knows(old)).moved_to == new.actor
