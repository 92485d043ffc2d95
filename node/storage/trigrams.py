"""The index of words in an SQLite file: which posts have these three letters, for each three of a word.

It holds no positions, so what it finds is looked at once more in the folded words themselves: that makes it
a quarter of the size. On PostgreSQL the database keeps an index of its own, and nothing here does anything.

A new post waits for its turn, for many at once cost a third of what each costs alone; until then it is looked
at for every question (`until`).

What is deleted from it is only marked, until pieces of it are merged. So that nothing stays in the file of
what somebody took back, the pieces are merged on purpose, some pages at a time; the pages they leave are
overwritten (`secure_delete`).
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select, text

from node.neighbourhood.folding import SHORTEST, Word
from node.storage.database import Prepared, Transaction
from node.storage.tables import posts, trigrams_known, trigrams_left

PAGES = 400  # merged at a time: some hundredths of a second
_HITS = text("SELECT rowid FROM trigrams WHERE trigrams MATCH :question LIMIT :most")
PIECE = 500  # posts taken in at a time
_LEARN = text(
    "INSERT INTO trigrams (rowid, folded) SELECT number, folded FROM posts "
    "WHERE number > :after AND number <= :until AND folded <> ''"
)
_OLD = Prepared(select(posts.c.number, posts.c.folded).where(posts.c.id == bindparam("id")))
_FORGET = text("INSERT INTO trigrams (trigrams, rowid, folded) VALUES ('delete', :number, :folded)")
_MERGE = text("INSERT INTO trigrams (trigrams, rank) VALUES ('merge', :pages)")


def learn(tx: Transaction) -> int:
    """Take in a piece of the posts that wait; how many those were."""
    if not _kept_here(tx):
        return 0
    after = until(tx)
    waiting = select(posts.c.number).where(posts.c.number > after).order_by(posts.c.number).limit(PIECE)
    found = tx.run(waiting).scalars().all()
    if found:
        tx.run(_LEARN, {"after": after, "until": found[-1]})
        tx.run(trigrams_known.delete())
        tx.run(trigrams_known.insert(), {"until": found[-1]})
    return len(found)


def until(tx: Transaction) -> int:
    """The number of the last post that is in the index."""
    return int(tx.run(select(trigrams_known.c.until)).scalar() or 0)


def forget(tx: Transaction, post_id: str, but: str | None = None) -> bool:
    """Let go of the words of a post before they go, or become others (`but`). True when its turn is over:
    then it is to get a new number, and waits like a new one."""
    old = tx.row(_OLD, id=post_id) if _kept_here(tx) else None
    if old is None or old["folded"] == but or old["number"] > until(tx):
        return False
    if old["folded"]:
        tx.run(_FORGET, old)
        left = tx.insert(trigrams_left).values(number=old["number"], merging=False)
        tx.run(left.on_conflict_do_update(index_elements=["number"], set_={"merging": False}))
    return True


def _kept_here(tx: Transaction) -> bool:
    return tx.connection.dialect.name == "sqlite"


def numbers(tx: Transaction, words: Sequence[Word], most: int) -> list[int] | None:
    """Which posts can have all these words, and which are not looked at yet; `most` of each. None when no
    word is long enough to tell."""
    question = " AND ".join(
        "(" + " OR ".join(f"({_three_by_three(form)})" for form in word) + ")"
        for word in words
        if all(len(form) >= SHORTEST for form in word)
    )
    if not question:
        return None
    waiting = select(posts.c.number).where(posts.c.number > until(tx)).limit(most)
    return [*tx.run(_HITS, {"question": question, "most": most}).scalars(), *tx.run(waiting).scalars()]


def _three_by_three(form: str) -> str:
    """Folded words are letters, digits and spaces: nothing in them means anything to FTS5 within quotes."""
    return " AND ".join(f'"{form[start : start + 3]}"' for start in range(len(form) - 2))


def tidy(tx: Transaction) -> int:
    """Merge a piece of the index, if it holds what is gone; how much there was to do."""
    if not _kept_here(tx):
        return 0
    left = tx.run(select(func.count(), func.sum(trigrams_left.c.merging))).one()
    if not left[0]:
        return 0
    if not left[1]:  # from here on all pieces are to become one; what goes meanwhile waits for the next round
        tx.run(trigrams_left.update().values(merging=True))
        return _merged(tx, -PAGES) or 1
    done = _merged(tx, PAGES)
    if not done:
        tx.run(trigrams_left.delete().where(trigrams_left.c.merging == bindparam("yes")), {"yes": True})
    return done


def _merged(tx: Transaction, pages: int) -> int:
    """How many rows of the index changed: of one with nothing to merge, none (FTS5, command 'merge')."""
    before = _changes(tx)
    tx.run(_MERGE, {"pages": pages})
    changed = _changes(tx) - before
    return changed if changed > 1 else 0


def _changes(tx: Transaction) -> int:
    return int(tx.run(text("SELECT total_changes()")).scalar_one())
