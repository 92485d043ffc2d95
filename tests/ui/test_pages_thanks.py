"""Thank you: the way to it, the two who choose who reads it, and the page that everybody reads."""

from node.acts import matches, thanks
from node.clock import now
from node.neighbourhood.post import Post, State
from node.neighbourhood.response import Response
from node.storage import matches as kept_matches
from node.storage import thanks as kept
from tests import town
from tests.ui.doings import agreed, said, state
from tests.ui.sheet import Sheet
from tests.ui.visits import Here

WORDS = "Wat fijn dat je kwam, Merel."


async def helped(here: Here, **change: str) -> tuple[Post, Response]:
    post, answer = await agreed(here, town.asks(**change))
    match = await here.database.reading(kept_matches.of_response, answer.id)
    assert match is not None
    await here.database.writing(matches.complete, here.cast.poster, match.id, now())
    return post, answer


async def shown(here: Here, answer: Response) -> str:
    message = await here.database.writing(thanks.say, here.cast.poster, answer.id, WORDS, True, now())
    await here.database.writing(thanks.show, here.cast.helper, answer.id, now())
    return message.id


async def test_from_it_worked_out_to_what_everybody_reads_and_back(here: Here) -> None:
    post, answer = await helped(here)
    path = f"/talks/{answer.id}/thanks"
    assert f'href="{path}"' in (await here.get("poster", f"/o/{post.id}?said=done")).text
    assert f'href="{path}"' not in (await here.get("helper", f"/o/{post.id}")).text
    sheet = Sheet((await here.get("poster", path)).text, path)
    assert "public" not in sheet.filled(), "a yes is never ticked before"
    await here.post("poster", path, **sheet.filled(text=WORDS))
    assert await state(here, post) is State.THANKED
    for part in ("poster", "helper"):
        assert WORDS in await said(here, part, path)
    assert f"{path}/show" not in (await here.get("helper", path)).text, "nobody asked for that"
    await here.post("poster", f"{path}/show")
    assert WORDS not in await said(here, None, "/thanks")
    assert f"{path}/show" in (await here.get("helper", path)).text
    await here.post("helper", f"{path}/show")
    assert WORDS in await said(here, None, "/thanks")
    assert 'href="/thanks"' in (await here.get(None, "/")).text
    await here.post("helper", f"{path}/hide")
    assert WORDS not in await said(here, None, "/thanks")
    assert 'href="/thanks"' not in (await here.get(None, "/")).text
    assert f"{path}/show" in (await here.get("helper", path)).text


async def test_v04_a_title_stands_there_only_for_who_may_see_the_post(here: Here) -> None:
    post, answer = await helped(here, title="Wie brengt mij naar de dialyse?", audience="neighbourhood")
    await shown(here, answer)
    assert post.title in await said(here, "other", "/thanks")
    for part in (None, "outsider"):
        page = await here.get(part, "/thanks")
        assert WORDS in page.text
        assert "dialyse" not in page.text
        assert post.id not in page.text
        assert answer.id not in page.text


async def test_anybody_reports_it_and_sees_it_no_more(here: Here) -> None:
    _, answer = await helped(here)
    path = f"/report/messages/{await shown(here, answer)}"
    assert path in (await here.get("other", "/thanks")).text
    assert path not in (await here.get("poster", "/thanks")).text
    assert path not in (await here.get(None, "/thanks")).text
    page = await here.get("other", path)
    assert "/talks/" not in page.text.partition("<main")[2], "the conversation is not theirs"
    await here.post("other", path, category="rude")
    assert WORDS not in await said(here, "other", "/thanks")
    assert WORDS in await said(here, None, "/thanks")


async def test_words_with_a_number_are_warned_of_before_everybody_may_read_them(here: Here) -> None:
    _, answer = await helped(here)
    path = f"/talks/{answer.id}/thanks"
    page = await here.post("poster", path, 200, text="Bel me op 06-12345678.", public="yes")
    assert await here.database.reading(kept.of_answer, answer.id) is None
    assert Sheet(page.text, path).fields["text"] == "Bel me op 06-12345678."
    await here.post("poster", path, text="Bel me op 06-12345678.")  # between the two


async def test_what_goes_wrong_comes_back_with_what_was_typed_and_a_second_click_does_no_harm(
    here: Here,
) -> None:
    _, answer = await helped(here)
    path = f"/talks/{answer.id}/thanks"
    page = await here.post("poster", path, 422, text="a" * 501)
    assert Sheet(page.text, path).wrong == {"text"}
    await here.post("poster", path, text=WORDS)
    await here.post("poster", path, text=WORDS)
    assert WORDS in await said(here, "poster", path)
    await here.post("poster", path, 409, text="Nog eens.")


async def test_nobody_said_thank_you_yet(here: Here) -> None:
    assert "Nog niets" in await said(here, None, "/thanks")
