"""How a link looks elsewhere: words and a card for what everybody may see, and for nothing else."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from node.acts import posts
from node.clock import now
from node.neighbourhood.audience import may_see
from node.neighbourhood.post import ANSWERABLE, Post, State
from node.neighbourhood.refusal import TooMany
from node.storage import posts as kept
from node.ui import sharing
from node.ui.cardbox import MOST_KEPT, PER_MINUTE, CardBox
from node.ui.darkroom import Darkroom, Failed
from node.ui.routes import open_door
from tests import town
from tests.ui.doings import posted
from tests.ui.visits import Here

ORIGIN = "https://centrum.example"
GIVEN = {"look": "asks", "kind": "Gevraagd", "title": "Wie helpt?", "place": "Centrum", "name": "Centrum"}


def tags(html: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:property|name)="([a-z:]+)" content="([^"]*)">', html))


def opened(png: bytes) -> Image.Image:
    image = Image.open(BytesIO(png))
    image.load()
    return image


def files(here: Here) -> list[str]:
    folder = here.settings.dir / "cards"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def card(here: Here, part: str | None, post: Post, status: int = 200) -> bytes:
    return (await here.get(part, f"/cards/{post.id}.png", status)).content


# The words


async def test_the_page_of_a_public_post_says_what_a_link_to_it_is_about(here: Here) -> None:
    post = await posted(
        here, town.asks('"Wie" <haalt> & brengt?', text="Eén tas.\n\n" * 60, audience="public")
    )
    for part in (None, "poster"):
        said = tags((await here.get(part, f"/o/{post.id}")).text)
        assert said["og:title"] == "&#34;Wie&#34; &lt;haalt&gt; &amp; brengt?"
        assert said["og:description"].startswith("Gevraagd · Boodschappen. Eén tas. Eén tas.")
        assert len(said["og:description"]) < 260
        assert said["og:description"] == said["description"]
        assert said["og:url"] == f"{ORIGIN}/o/{post.id}"
        assert said["og:image"].startswith(f"{ORIGIN}/cards/{post.id}.png?v=")
        assert said["twitter:card"] == "summary_large_image"
        assert "Bea" not in "".join(said.values())


async def test_so_do_the_front_page_and_its_card(here: Here) -> None:
    said = tags((await here.get(None, "/")).text)
    assert said["og:title"] == "Centrum"
    assert said["og:image"] == f"{ORIGIN}/cards/node.png"
    assert opened((await here.get(None, "/cards/node.png")).content).size == (1200, 630)


@pytest.mark.parametrize("audience", ["neighbourhood", "adjacent"])
async def test_v04_the_page_of_a_post_for_neighbours_tells_a_crawler_nothing(
    here: Here, audience: str
) -> None:
    post = await posted(here, town.asks("Alleen voor de buren", audience=audience))
    page = (await here.get("helper", f"/o/{post.id}")).text
    assert not {name for name in tags(page) if name.startswith(("og:", "desc"))}
    await card(here, "helper", post, 404)
    await card(here, "poster", post, 404)
    assert files(here) == []


# The card


async def test_a_card_is_a_png_of_a_fixed_size_that_runs_nothing(here: Here) -> None:
    post = await posted(here, town.asks(audience="public"))
    answer = await here.get(None, f"/cards/{post.id}.png?v=1")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    image = opened(answer.content)
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert image.info == {}, "nothing but the picture"
    await here.get(None, "/cards/nowhere.png", 404)
    await here.get(None, "/cards/..%2Fnode.png", 404)


async def test_v04_only_of_what_a_stranger_may_see_and_only_while_it_runs(here: Here) -> None:
    """Of every state and audience, whoever asks: the poster gets no more than anybody."""
    made: list[Post] = []
    for state in State:
        for audience in ("adjacent", "public"):
            post = await posted(here, town.asks(audience=audience))
            made.append(replace(post, state=state))
            await here.database.writing(kept.save, made[-1])
    for post in made:
        may = may_see(None, post, now()) and sharing.shareable(post, now())
        assert sharing.shareable(post, now()) == may
        if not may:
            await card(here, "poster", post, 404)
            page = await here.get("poster", f"/o/{post.id}")
            assert "og:image" not in page.text
    running = [post for post in made if sharing.shareable(post, now())]
    assert {post.state for post in running} == {*ANSWERABLE, State.AGREED}
    assert opened(await card(here, None, running[0])).size == (1200, 630)


async def test_what_is_kept_is_not_drawn_again_and_what_changed_takes_its_place(here: Here) -> None:
    post = await posted(here, town.asks(audience="public"))
    first = await card(here, None, post)
    (name,) = files(here)
    before = (here.settings.dir / "cards" / name).stat()
    assert before.st_mode & 0o777 == 0o600
    assert await card(here, "poster", post) == first
    assert (here.settings.dir / "cards" / name).stat().st_mtime_ns == before.st_mtime_ns
    await here.database.writing(kept.save, replace(post, title="Iets anders"))
    assert await card(here, None, post) != first
    assert len(files(here)) == 1
    assert files(here) != [name]


@pytest.mark.parametrize("end", [posts.withdraw, posts.close], ids=["withdrawn", "over"])
async def test_m08_the_card_of_what_is_taken_back_or_over_is_gone(here: Here, end: Any) -> None:
    post = await posted(here, town.asks(audience="public"))
    other = await posted(here, town.asks("Deze blijft", audience="public"))
    for one in (post, other):
        await card(here, None, one)
    await here.database.writing(end, here.cast.poster, post.id, now())
    await card(here, None, post, 404)
    await sharing.sweep(open_door(here.database, here.settings), now())
    assert [name.partition(".")[0] for name in files(here)] == [other.id]


# Bounds


@dataclass
class Painter(Darkroom):
    """Paints at once, and counts."""

    drawn: int = 0

    async def made(self, name: str, given: bytes) -> bytes:
        self.drawn += 1
        return given


async def test_no_more_than_so_many_are_kept_and_drawn_in_a_minute(tmp_path: Path) -> None:
    painter, at = Painter(), now()
    box = CardBox(tmp_path / "cards", painter)
    for number in range(PER_MINUTE):
        await box.card(f"{number:032x}", GIVEN, at)
    with pytest.raises(TooMany):
        await box.card("f" * 32, GIVEN, at)
    assert await box.card(f"{3:032x}", GIVEN, at), "what is kept is given all the same"
    assert painter.drawn == PER_MINUTE
    for number in range(2 * MOST_KEPT):
        await box.card(f"{number:032x}", {**GIVEN, "title": str(number)}, at + (number + 1) * town.HOUR)
    assert len(list(box.folder.iterdir())) == MOST_KEPT
    assert f"{2 * MOST_KEPT - 1:032x}" in box.drawn()


async def test_m02_what_goes_wrong_in_the_child_is_no_picture_and_no_error_of_ours(here: Here) -> None:
    with pytest.raises(Failed):
        await Darkroom().made("card", b"no json")
    with pytest.raises(Failed):
        await Darkroom().made("no such program", b"{}")
    assert opened(await Darkroom().made("card", json.dumps(GIVEN).encode())).size == (1200, 630)


@pytest.mark.parametrize(
    ("deed", "error"),
    [
        ("bytearray(400 * 1024 * 1024)", "MemoryError"),
        ("open('/etc/hostname')", "Too many open files"),
        ("import socket; socket.socket()", "Too many open files"),
        ("import os; os.write(file, b'x')", "SIGXFSZ"),
        ("while True: pass", "SIGXCPU"),
    ],
)
def test_m02_the_child_can_reach_nothing_and_use_little(deed: str, error: str, tmp_path: Path) -> None:
    """256 MB, five seconds, no file, no network. (What is open already stays so: it is given its words.)"""
    story = (
        f"import os, socket; file = os.open({str(tmp_path / 'file')!r}, os.O_CREAT | os.O_WRONLY)\n"
        "from node.pictures import limits\nlimits.SECONDS = 1\nlimits.bound()\nlimits.shut()\n"
        f"{deed}\n"
    )
    words = [sys.executable, "-c", story]
    done = subprocess.run(words, capture_output=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode != 0
    how = {-25: "SIGXFSZ", -24: "SIGXCPU", -9: "SIGXCPU"}.get(done.returncode, done.stderr.decode())
    how = "SIGXFSZ" if "File too large" in how else how
    assert error in how


@pytest.mark.parametrize(
    "title",
    [
        "Kort",
        "x" * 120,
        "Łóżko z Şişli, ÿes " * 6,
        "من يستطيع مساعدتي في التسوق؟",
        "Хто може допомогти?",
        "😀" * 60,
        "𝕏 \u202e\u200b\u0301 " * 20,
        "",
        "漢字" * 30,
    ],
)
async def test_m02_any_title_makes_a_card(title: str) -> None:
    made = await Darkroom().made("card", json.dumps({**GIVEN, "title": title}).encode())
    assert opened(made).size == (1200, 630)
    assert len(made) < 200_000


def test_writing_that_cannot_be_set_is_left_out_rather_than_drawn_wrongly() -> None:
    """In a process of its own, as cards are drawn: whoever runs this loads nothing that draws."""
    story = (
        "from dataclasses import replace; from node.pictures import letters\n"
        "found = letters.fonts()['bold'].at(40)\n"
        "bare = replace(found, sets=False)\n"
        "assert bare.showable('من يذهب؟') == '', 'joined letters'\n"
        "assert bare.showable('Wie gaat er?') == 'Wie gaat er?'\n"
        "assert found.system is None or bare.showable('Хто піде?') == 'Хто піде?'\n"
        "line = found.pieces('10:30؟', turned=True)\n"
        "assert found.system is None or not found.sets or len(line) == 1, 'a line is set as a whole'\n"
    )
    words = [sys.executable, "-c", story]
    done = subprocess.run(words, capture_output=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr.decode()


def test_the_server_itself_never_loads_what_draws() -> None:
    story = "import sys, node.command.cli, node.serving.app; sys.exit('PIL' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", story], check=False, env=environment).returncode == 0
