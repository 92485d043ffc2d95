"""Everything that is kept of one person, for that person alone: all of it, and of nobody else."""

import json
from typing import Any

from sqlalchemy import select

from node.acts import digests, districts, residents, searches, threads
from node.clock import now
from node.neighbourhood.report import ReportCategory, ReportState
from node.neighbourhood.thread import Side
from node.storage import posts, tables, told
from node.storage.database import Transaction
from tests.api.programs import Here

MINE = {"phone": "0199-11 22 33", "address": "Lindelaan 12"}
THEIRS = {"phone": "0199-44 55 66", "address": "Kastanjelaan 99"}


async def lived(here: Here) -> dict[str, Any]:
    """Bea asked, Merel and Tariq answered, they wrote, agreed and let each other see; and much besides."""
    noord = await here.next_door()
    held = await here.told(noord)
    post, other = await here.asks(places=2), await here.post("other", "/offers", offer())
    answer = await here.answers("helper", post)
    await here.answers("other", post, "Ik kan ook.")
    await here.agree(post, answer)
    mine = await here.answers("poster", other, "Graag!")
    cast, at = here.cast, now()

    def fill(tx: Transaction) -> None:
        keep = tables.residents.update()
        for who, details in ((cast.poster, MINE), (cast.helper, THEIRS)):
            tx.run(keep.where(tables.residents.c.id == who.id).values(**details))
        threads.write(tx, cast.poster, answer["id"], "Neem je een tas mee?", at)
        threads.write(tx, cast.helper, answer["id"], "Ja hoor.", at)
        for side in Side:
            row = {"response_id": answer["id"], "side": side, "fields": ["phone"], "released": at}
            tx.run(tables.releases.insert(), row)
        for number, (who, subject) in enumerate(((cast.poster, other["id"]), (cast.helper, post["id"]))):
            report = {"id": f"r{number}", "uri": f"https://centrum.example/ap/r/{number}", "post_id": subject}
            report |= {"category": ReportCategory.RUDE, "text": f"Melding van {who.name}"}
            report |= {"state": ReportState.OPEN, "created": at, "resident": who.id, "outcome": ""}
            tx.run(tables.reports.insert(), report)
        districts.mute(tx, cast.poster, noord.id)
        digests.choose(tx, cast.poster, "daily", "9", at)
        searches.keep(tx, cast.poster, "heg", "", "", "next door", at)
        told.add(tx, cast.poster.id, posts.get(tx, other["id"]), at, waits=False)
        residents.make_token(tx, cast.poster, "Kalender", at)

    await here.database.writing(fill)
    return {"post": post, "answer": answer, "mine": mine, "held": held.title}


def offer() -> dict[str, str]:
    return {"title": "Ik snoei graag", "text": "Met eigen schaar.", "category": "tuin"}


async def test_V12_all_of_oneself_is_in_it(here: Here) -> None:
    made = await lived(here)
    found = await here.get("poster", "/me/export")
    assert found["account"] == {**found["account"], **MINE, "name": "Bea", "email": "bea@example.org"}
    (post,) = found["posts"]
    assert (post["id"], post["title"]) == (made["post"]["id"], made["post"]["title"])
    answers = {one["name"]: one for one in post["answers"]}
    assert set(answers) == {"Merel", "Tariq"}
    talk = [(line["mine"], line["text"]) for line in answers["Merel"]["conversation"]]
    assert talk == [(True, "Neem je een tas mee?"), (False, "Ja hoor.")]
    assert [one["fields"] for one in answers["Merel"]["released"]] == [["phone"]]
    (given,) = found["answers"]
    assert (given["text"], given["post"], given["whose"]) == ("Graag!", "Ik snoei graag", "Tariq")
    assert [one["helps"] for one in found["agreements"]] == [False]
    assert [one["text"] for one in found["reports"]] == ["Melding van Bea"]
    assert found["districts"] == [{"district": "Noord", "wish": "mute"}]
    assert found["digests"] == [{"often": "daily", "hour": 9}]
    wanted = {"words": "heg", "kind": None, "category": None, "ring": "next door", "paused": False}
    assert [{**one, "created": None} for one in found["searches"]] == [{**wanted, "created": None}]
    assert [one["post"] for one in found["told"]] == ["Ik snoei graag"]
    assert {one["name"] for one in found["tokens"]} == {"test", "Kalender"}
    happened = {(one["what"], one["mine"]) for one in found["log"]}
    assert {("posted", True), ("answered", False), ("agreed", True), ("admitted", False)} <= happened


async def test_the_other_side_of_the_same_talk(here: Here) -> None:
    await lived(here)
    found = await here.get("helper", "/me/export")
    (given,) = found["answers"]
    assert [line["mine"] for line in given["conversation"]] == [False, True]
    assert [one["helps"] for one in found["agreements"]] == [True]
    assert found["account"]["phone"] == THEIRS["phone"]
    assert found["posts"] == []


async def test_V12_nothing_private_of_anybody_else_and_no_secret(here: Here) -> None:
    made = await lived(here)
    cast = here.cast.all()
    for part, who in cast.items():
        text = (await here.call(part, "GET", "/me/export")).text
        private = {one.id for name, one in cast.items() if name != part}
        private |= {f"{one.name.lower()}@example.org" for name, one in cast.items() if name != part}
        private |= set((THEIRS if part != "helper" else MINE).values())
        private |= set(MINE.values()) if part not in ("poster", "helper") else set()
        private |= {"/ap/p/", "bk_", made["held"], *(await hashes(here))}
        if part not in ("poster", "helper"):
            private |= {"Neem je een tas mee?", "Ja hoor."}
        if part != "helper":
            private |= {"Melding van Merel"}
        assert {word for word in private if word in text} == set(), part
        assert who.name in text


async def hashes(here: Here) -> set[str]:
    """What is kept of every secret."""

    def all_of_them(tx: Transaction) -> set[str]:
        kept = (tables.tokens.c.token_hash, tables.sessions.c.token_hash, tables.signin_links.c.token_hash)
        return {str(one) for column in kept for one in tx.run(select(column)).scalars()}

    return await here.database.reading(all_of_them)


async def test_it_is_a_file_to_keep(here: Here) -> None:
    answer = await here.call("outsider", "GET", "/me/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="my-buurtknoop.json"'
    assert json.loads(answer.text)["account"]["name"] == "Otto"
    assert "content-disposition" not in (await here.call("outsider", "GET", "/me")).headers


async def test_who_reported_a_post_stays_unknown_to_its_poster(here: Here) -> None:
    """Not even that somebody did is told."""
    await lived(here)
    log = (await here.get("poster", "/me/export"))["log"]
    assert "reported" not in {one["what"] for one in log}
