"""Photos with a post: who puts them there, who sees them, and that they go."""

import asyncio
import json
import os
from dataclasses import replace
from datetime import datetime

import pytest

from node.acts import moderation, posts
from node.clock import now
from node.neighbourhood.photo import MOST, MOST_A_DAY, MOST_OF_PERSON, Photo
from node.neighbourhood.post import ERASED_AFTER, State
from node.neighbourhood.report import Measure
from node.serving.front import MOST_BODY
from node.storage import photos
from node.storage import posts as kept
from node.ui import media
from node.ui.photobox import GRACE
from node.ui.uploads import AT_ONCE, BODY
from tests import town
from tests.ui.doings import posted
from tests.ui.photograph import drawn, file, files, opened, put, sent
from tests.ui.visits import Here, said, words

HOUR = town.HOUR


async def test_a_photo_comes_stands_there_and_goes(here: Here) -> None:
    post = await posted(here, town.asks(audience="public"))
    photo = await put(here, post, file(drawn((3000, 2000))), "Een kat met een witte poot")
    for part in (None, "helper", "poster"):
        page = (await here.get(part, f"/o/{post.id}")).text
        assert f'src="/media/{photo.id}.jpg"' in page
        assert 'alt="Een kat met een witte poot"' in page
    large = await here.get(None, photo.url)
    assert large.headers["content-type"] == "image/jpeg"
    assert opened(large.content).size == (1200, 800) == (photo.width, photo.height)
    assert opened((await here.get(None, photo.small_url)).content).size == (400, 267)
    front = (await here.get(None, "/")).text
    assert (
        f'src="{photo.small_url}" width="1200" height="800" alt="Een kat met een witte poot" loading="lazy"'
        in front
    )
    await here.post("poster", f"/photos/{photo.id}/remove")
    await here.get("poster", photo.url, 404)
    assert "/media/" not in (await here.get("poster", f"/o/{post.id}")).text
    assert (await here.database.reading(kept.get, post.id)).photos == 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_M01_M06_the_type_is_what_is_in_it_and_the_name_means_nothing(here: Here, kind: str) -> None:
    post = await posted(here)
    for number, name in enumerate(("../../x.html", "a\0b.svg", "x" * 300 + ".gif")):
        answer = await sent(here, "poster", f"/o/{post.id}/photos", file(kind=kind), name=name)
        assert answer.status_code == 303, words(answer.text)
        assert len(files(here)) == 2 * (number + 1)
    folder = here.settings.dir / "photos"
    assert folder.stat().st_mode & 0o777 == 0o700
    for name in files(here):
        stem, ending = name.split(".")
        assert ending == "jpg"
        assert set(stem.removesuffix("-small")) <= set("0123456789abcdef")
        assert (folder / name).stat().st_mode & 0o777 == 0o600
        assert opened((folder / name).read_bytes()).format == "JPEG"


async def test_M01_what_is_refused_leaves_nothing_and_keeps_what_was_typed(here: Here) -> None:
    post = await posted(here)
    answer = await sent(here, "poster", f"/o/{post.id}/photos", b"GIF89a", "Een kat")
    page = said(answer, 422).text
    assert 'value="Een kat"' in page
    assert 'aria-invalid="true"' in page
    assert files(here) == []
    assert await here.database.reading(photos.ids) == set()


# Who sees it


@pytest.mark.parametrize("audience", ["neighbourhood", "adjacent", "public"])
async def test_V04_who_may_see_the_post_may_see_its_photos(here: Here, audience: str) -> None:
    post = await posted(here, town.asks(audience=audience))
    photo = await put(here, post)
    public = audience == "public"
    for part, sees in {None: public, "outsider": public, "helper": True, "poster": True}.items():
        for url in (photo.url, photo.small_url):
            answer = await here.get(part, url, 200 if sees else 404)
            kept_by = "public, max-age=600" if public else "private, no-store"
            assert answer.headers["cache-control"] == (kept_by if sees else "private, no-store")
    for state in State:
        await here.database.writing(kept.save, replace(post, state=state, photos=1))
        for part in (None, "helper", "supervisor", "poster"):
            page = (await here.get(part, f"/o/{post.id}", 200)).status_code if part == "poster" else None
            waits = state is State.WAITING and part == "supervisor"
            async with here.browser(part) as browser:
                seen = (await browser.get(f"/o/{post.id}")).status_code == 200
                there = (await browser.get(photo.url)).status_code == 200
            assert there == (seen or waits), (part, state)
            assert page in (None, 200)


async def test_V04_a_photo_with_what_is_not_posted_is_for_its_writer_alone(here: Here) -> None:
    photo = await begun(here)
    await here.get("poster", photo.small_url)
    for part in (None, "helper", "supervisor", "operator"):
        await here.get(part, photo.small_url, 404)


async def test_V06_M05_A17_it_goes_out_as_a_picture_and_nothing_else(here: Here) -> None:
    """Whatever the asker would like it to be, and whatever was in the file that came."""
    photo = await put(here, await posted(here, town.asks(audience="public")), file(kind="PNG"))
    for accept in ("application/activity+json", "text/html", "*/*"):
        answer = await here.get(None, photo.url, headers={"accept": accept})
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["content-disposition"] == 'inline; filename="photo.jpg"'
    private = await here.get("poster", (await put(here, await posted(here))).url)
    assert private.headers["cross-origin-resource-policy"] == "same-origin"
    assert "Cookie" in private.headers["vary"]
    for path in ("/media/x.jpg", "/media/..%2Fnode.db", f"/media/{photo.id}", f"/media/{photo.id}.png"):
        answer = await here.get(None, path, 404, headers={"accept": "application/activity+json"})
        assert "activity" not in answer.headers["content-type"]


# Who puts it there


async def test_U14_what_nobody_may_send_is_not_read(here: Here) -> None:
    """A stranger, somebody who waits to be let in; and of neighbours no more than fits."""
    post, given = await posted(here), 0

    async def endless() -> object:
        nonlocal given
        yield b"--x\r\ncontent-disposition: form-data; name=photo; filename=a\r\n\r\n"
        while given < 64 * 1024 * 1024:
            given += 65_536
            yield bytes(65_536)

    headers = {**here.own_form, "content-type": "multipart/form-data; boundary=x"}
    for part, most in {None: 0, "outsider": 0, "helper": BODY, "poster": BODY}.items():
        given = 0
        async with here.browser(part) as browser:
            answer = await browser.post(f"/o/{post.id}/photos", content=endless(), headers=headers)  # type: ignore[arg-type]  # it is one
        assert answer.status_code == (413 if most else 403)
        assert given <= most + 2 * 65_536
        if most:
            assert "te groot" in words(answer.text)
    async with here.browser("poster") as browser:  # all other forms are as they were
        answer = await browser.post("/ask", content=bytes(MOST_BODY + 1), headers=here.own_form)
        assert answer.status_code == 413


async def test_M07_only_so_many_with_a_post_of_a_person_and_in_a_day(here: Here) -> None:
    post = await posted(here)
    path = f"/o/{post.id}/photos"
    for _ in range(MOST):
        await put(here, post)
    page = (await here.get("poster", path)).text
    assert 'type="file"' not in page
    assert f"Er staan {MOST} foto's bij" in words(page)
    assert f"Er staan {MOST} foto's bij" in words(said(await sent(here, "poster", path, file()), 409).text)
    assert len(files(here)) == 2 * MOST
    one = (await here.database.reading(photos.of_post, post.id))[0]
    for number in range(MOST_OF_PERSON):
        more = replace(one, id=f"{number:032}", owner=here.cast.helper.id, post_id=None, draft="x")
        await here.database.writing(photos.add, more)
    other = await here.database.writing(posts.post, here.cast.helper, town.asks(), now())
    assert "veel foto's" in words(said(await sent(here, "helper", f"/o/{other.id}/photos", file()), 409).text)
    last = await posted(here)
    for _ in range(MOST_A_DAY - MOST):
        said(await sent(here, "poster", f"/o/{last.id}/photos", b"no photo"), 422)
    answer = said(await sent(here, "poster", f"/o/{last.id}/photos", file()), 429)
    assert "veel foto's" in words(answer.text)
    assert answer.headers["retry-after"]


async def test_M07_with_little_room_on_the_disk_photos_go_first(here: Here) -> None:
    """What people write is still kept."""
    post = await posted(here)
    here.ui.photos.free = lambda folder: 0.0999
    page = await here.get("poster", f"/o/{post.id}/photos")
    assert 'type="file"' not in page.text
    assert "Er is nu geen plek voor foto's" in words(page.text)
    answer = await sent(here, "poster", f"/o/{post.id}/photos", file())
    assert "Je tekst is bewaard" in words(said(answer, 409).text)
    assert files(here) == []
    assert (await posted(here, town.asks("Zonder foto"))).title == "Zonder foto"
    here.ui.photos.free = lambda folder: 0.10
    await put(here, post)


# It goes


async def swept(here: Here, at: datetime | None = None) -> list[str]:
    """The files that are left when the node has tidied up, as it does every ten minutes; those that came just
    now look as if they came a while ago."""
    for name in files(here):
        path, old = here.settings.dir / "photos" / name, now().timestamp() - 2 * GRACE
        os.utime(path, (old, old))
    await media.sweep(here.ui, at or now())
    return files(here)


async def test_M08_what_is_taken_back_hidden_or_over_is_gone(here: Here) -> None:
    stays = await put(here, await posted(here))
    kept_files = files(here)
    taken, hidden, removed, over = [await posted(here, town.asks(audience="public")) for _ in range(4)]
    shown = [await put(here, post) for post in (taken, hidden, removed, over)]
    at, by = now(), here.cast.supervisor
    await here.database.writing(posts.withdraw, here.cast.poster, taken.id, at)
    for post, what in ((hidden, Measure.HIDE), (removed, Measure.REMOVE)):
        await here.database.writing(moderation.uphold, by, post.id, what, "Reclame.", "", at)
    await here.database.writing(posts.close, here.cast.poster, over.id, at)
    for photo in shown[:3]:
        await here.get("poster", photo.url, 404)  # at once
    await here.get("helper", shown[3].url)
    assert set(kept_files) < set(await swept(here))
    assert await swept(here, at + ERASED_AFTER + HOUR) == kept_files
    assert await here.database.reading(photos.ids) == {stays.id}
    assert (await here.database.reading(kept.get, over.id)).photos == 0


async def test_M08_what_a_supervisor_has_to_look_at_is_there_to_be_seen(here: Here) -> None:
    """Childcare, for one: nobody else sees it before."""
    post = await posted(here, town.asks(category="oppas"))
    assert post.state is State.WAITING
    photo = await put(here, post)
    assert photo.url in (await here.get("supervisor", f"/queue/{post.id}")).text
    await here.get("supervisor", photo.url)
    await here.get("helper", photo.url, 404)


async def test_M08_a_file_without_its_row_goes_but_not_while_it_comes(here: Here) -> None:
    photo = await put(here, await posted(here))
    await here.database.writing(photos.drop, photo.id)
    await media.sweep(here.ui, now())
    assert len(files(here)) == 2
    assert await swept(here) == []


async def test_what_goes_wrong_meanwhile_leaves_no_file(here: Here) -> None:
    """Four are with it by the time that the fifth is made."""
    post = await posted(here)
    path = f"/o/{post.id}/photos"
    parts = ["poster"] * (MOST + 2)
    answers = [await sent(here, part, path, file()) for part in parts]
    assert [one.status_code for one in answers] == [303] * MOST + [409] * 2
    assert len(files(here)) == 2 * MOST
    at_once = await asyncio.gather(*(sent(here, "poster", path, file()) for _ in range(3)))
    assert sorted(one.status_code for one in at_once)[0] == 409
    assert not here.ui.uploads._now
    assert AT_ONCE > 1


# With what is not posted yet

TOLD = {"category": "tuin", "title": "Wie snoeit?", "text": "De heg.", "urgency": "week", "key": "a form"}
FIELDS = {**TOLD, "audience": "adjacent", "places": "1"}


async def begun(here: Here) -> Photo:
    """A photo with a request that the poster did not post yet."""
    answer = await here.post("poster", "/ask", **FIELDS, go="photos")
    assert answer.headers["location"] == "/photos/request"
    said(await sent(here, "poster", "/photos/request", file(), "De heg"), 303)
    (photo,) = await here.database.reading(photos.begun, here.cast.poster.id, "a form")
    return photo


async def test_photos_wait_with_a_draft_and_are_posted_with_it(here: Here) -> None:
    photo = await begun(here)
    back = (await here.get("poster", "/ask?draft=1")).text
    assert photo.small_url in back
    assert "1 foto" in words(back)
    assert (await here.get("poster", "/photos/request")).text.count('class="photo"') == 1
    answer = await here.post("poster", "/ask", **FIELDS, go="post")
    post_id = answer.headers["location"].removeprefix("/o/").partition("?")[0]
    assert (await here.database.reading(kept.get, post_id)).photos == 1
    (found,) = await here.database.reading(photos.of_post, post_id)
    assert (found.id, found.draft, found.alt) == (photo.id, None, "De heg")
    assert photo.url in (await here.get("helper", f"/o/{post_id}")).text
    again = await here.post("poster", "/ask", **FIELDS, go="post")  # the same button once more
    assert again.headers["location"] == answer.headers["location"]


async def test_photos_of_a_draft_that_is_given_up_go(here: Here) -> None:
    await begun(here)
    assert len(await swept(here)) == 2
    await here.post("poster", "/ask", go="away")
    assert await swept(here) == []
    assert await here.database.reading(photos.ids) == set()


async def test_the_key_of_another_form_gives_nothing_of_it(here: Here) -> None:
    photo = await begun(here)
    answer = await here.post("helper", "/ask", **FIELDS, go="post")
    post_id = answer.headers["location"].removeprefix("/o/").partition("?")[0]
    assert await here.database.reading(photos.of_post, post_id) == []
    for deed in ("words", "remove"):
        await here.post("helper", f"/photos/{photo.id}/{deed}", 404, alt="Van mij")
    assert await here.database.reading(photos.ids) == {photo.id}


async def test_what_can_be_seen_on_it_is_told_and_told_anew(here: Here) -> None:
    post = await posted(here)
    photo = await put(here, post)
    before = await here.database.reading(kept.get, post.id)
    answer = await here.post("poster", f"/photos/{photo.id}/words", alt="  Een\nkat  ")
    assert answer.headers["location"] == f"/o/{post.id}/photos?said=told"
    assert (await here.database.reading(photos.get, photo.id)).alt == "Een kat"
    assert (await here.database.reading(kept.get, post.id)).updated > before.updated
    await here.post("poster", f"/photos/{photo.id}/words", 422, alt="x" * 201)


async def test_my_photos_are_in_what_i_take_along(here: Here) -> None:
    photo = await put(here, await posted(here), alt="Een kat")
    (mine,) = json.loads((await here.get("poster", "/me/export")).text)["photos"]
    assert (mine["id"], mine["alt"], mine["width"]) == (photo.id, "Een kat", 800)
    assert json.loads((await here.get("helper", "/me/export")).text)["photos"] == []
