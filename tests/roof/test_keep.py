"""A node in one file and back again: whole, also while it runs, and refused when anything is wrong."""

import asyncio
import json
import os
import sqlite3
import stat
import subprocess
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from node import settings
from node.command import bundle, control, keeping, returning
from node.command.keeping import SNAPSHOT
from node.federation import keys
from node.neighbourhood.refusal import Refusal
from node.settings import FILE
from node.storage import schema
from tests.roof import neighbours
from tests.roof.conftest import Run, Running, in_town
from tests.roof.test_doctor import found

SECRET = "vijf lange woorden op papier"
KINDS = ("ed25519", "rsa")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(SECRET + "\n")
    path.chmod(0o600)
    return path


def quiet(words: str, length: int) -> bundle.Seen:
    return lambda count: None


def kept(directory: Path, to: Path) -> Path:
    """A backup, made in this process."""
    keeping.back_up(directory, to, SECRET, None, quiet)
    return to


def back(source: Path, directory: Path, passphrase: str = SECRET) -> dict[str, Any]:
    return returning.bring_back(source, directory, passphrase, quiet)


def names(directory: Path) -> list[str]:
    return [person["name"] for person in control.run(directory, "resident list", {})["residents"]]


LETTERS = str.maketrans("0123456789", "abcdefghij")  # many figures are no name


def add(directory: Path, name: str) -> None:
    email = f"{name.lower()}@example.org"
    control.run(directory, "resident add", {"name": name, "email": email, "language": None})


def test_a_running_node_is_kept_and_comes_back(
    serving: Running, run: Run, secret: Path, tmp_path: Path
) -> None:
    add(serving.directory, "Bea")
    file, there = tmp_path / "backup", tmp_path / "there"
    done = run("backup", "--dir", serving.directory, "--to", file, "--passphrase-file", secret, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["file"], told["bytes"], told["origin"]) == (str(file), file.stat().st_size, serving.origin)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(serving.directory.glob(f"{SNAPSHOT}*"))
    add(serving.directory, "Piet")  # after it, so not in it
    assert serving.stop(15) == (0, "")

    done = run("restore", "--from", file, "--dir", there, "--passphrase-file", secret, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["numbers"]["residents"] == 2
    assert names(there) == ["Bea", "Beheerder"]
    for path in [there, *there.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    kept_keys = sorted(path.name for path in (serving.directory / "keys").iterdir())
    assert kept_keys == [f"{actor}-{kind}.pem" for actor in ("application", "group") for kind in KINDS]
    for name in ("buurtknoop.toml", *(f"keys/{key}" for key in kept_keys)):
        assert (there / name).read_bytes() == (serving.directory / name).read_bytes()
    assert not (there / returning.ROOM).exists()
    assert control.run(there, "audit verify", {})["broken_at"] is None


def test_photos_are_kept_and_come_back(made: Path, tmp_path: Path) -> None:
    """Also one that goes while the backup is made: the copy of the database knows it yet."""
    folder, there = made / "photos", tmp_path / "there"
    folder.mkdir()
    for name in ("a.jpg", "a-small.jpg", "b.jpg"):
        (folder / name).write_bytes(name.encode())
    (made / f"{SNAPSHOT}left").mkdir()  # by one that was killed

    def seen(words: str, length: int) -> bundle.Seen:
        if words == "Copying the database":
            (folder / "b.jpg").unlink()
            (folder / "c.jpg").write_bytes(b"c.jpg")
        return quiet(words, length)

    keeping.back_up(made, tmp_path / "backup", SECRET, None, seen)
    assert not list(made.glob(f"{SNAPSHOT}*"))
    back(tmp_path / "backup", there)
    found = {path.name: path.read_bytes() for path in (there / "photos").iterdir()}
    assert found == {name: name.encode() for name in ("a.jpg", "a-small.jpg", "b.jpg", "c.jpg")}


def test_V14_no_byte_of_it_can_be_read(made: Path, tmp_path: Path) -> None:
    add(made, "Kanarievogel")
    content = kept(made, tmp_path / "backup").read_bytes()
    for word in (b"kanarievogel", b"Kanarievogel", b"PRIVATE KEY", b"Centrum", b"manifest", b"SQLite"):
        assert word not in content


def test_it_is_of_one_moment_while_people_write(serving: Running, tmp_path: Path) -> None:
    over = threading.Event()

    def write() -> None:
        number = 0
        while not over.is_set():
            add(serving.directory, f"Bewoner{str(number).translate(LETTERS)}")
            number += 1

    writing = threading.Thread(target=write)
    writing.start()
    try:
        files = [kept(serving.directory, tmp_path / f"backup{number}") for number in range(3)]
    finally:
        over.set()
        writing.join()
    counts = []
    for number, file in enumerate(files):
        there = tmp_path / f"there{number}"
        back(file, there)
        seals = control.run(there, "audit verify", {})
        assert seals["broken_at"] is None
        counts.append(len(names(there)))
        assert seals["length"] == 1 + 2 * counts[-1]  # joined and let in, and the operator's role
    assert counts == sorted(counts)
    assert counts[-1] > 1


async def test_a_node_that_came_back_hears_what_it_missed(tmp_path: Path) -> None:
    async with neighbours.running(tmp_path / "town", 2) as (one, other):
        file = await asyncio.to_thread(kept, one.folder, tmp_path / "backup")
        words = {"title": "Wie haalt dinsdag medicijnen?", "category": "boodschappen"}
        status, said = other.call("POST", "/api/v1/requests", other.cast["resident"]["token"], words)
        assert status == 201
        uri = json.loads(said)["uri"]

        async def there() -> bool:
            return bool(neighbours.post_here(one, uri))

        await neighbours.until(there, 20)
        neighbours.kill(one)
        one.folder.rename(tmp_path / "lost")
        await asyncio.to_thread(back, file, one.folder)
        assert not await there()
        await neighbours.restart(one)
        await neighbours.until(there, 20)


def test_a_folder_keeps_the_newest(made: Path, run: Run, secret: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"centrum@centrum.example-2026010{day}T000000Z.buurtknoop").touch()
    namesake = folder / "centrum@another.example-20260101T000000Z.buurtknoop"
    namesake.touch()
    words = ["--dir", made, "--to", folder, "--keep", 2, "--passphrase-file", secret, "--json"]
    answer = json.loads(run("backup", *words).stdout)
    assert [Path(path).name[24:32] for path in answer["removed"]] == ["20260101", "20260102"]
    assert len(list(folder.glob("centrum@centrum.example-*"))) == 2
    assert Path(answer["file"]).parent == folder
    assert namesake.exists()


def test_the_doctor_knows_of_it(made: Path, tmp_path: Path) -> None:
    assert found(made)["backup"].well  # a new node
    for key in (made / "keys").iterdir():
        os.utime(key, (0, 0))
    assert "none was ever made" in found(made)["backup"].words
    kept(made, tmp_path / "backup")
    assert "0 hours ago" in found(made)["backup"].words
    (made / "last-backup").write_text('{"at": "2026-01-01T00:00:00Z"}')
    assert not found(made)["backup"].well
    (made / "last-backup").write_text("[]")
    assert "nobody can tell" in found(made)["backup"].words


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        ([], 2, "write it with the file that holds it"),
        (["--passphrase-file", "open"], 1, "chmod 600"),
        (["--passphrase-file", "short"], 1, "too short"),
        (["--passphrase-file", "nowhere"], 2, "does not exist"),
        (["--passphrase-file", "passphrase", "--keep", "3"], 2, "--keep is for a folder"),
        (["--passphrase-file", "passphrase", "--to", "there/backup"], 1, "there is no folder"),
        (["--passphrase-file", "passphrase", "--to", "passphrase"], 1, "is there already"),
    ],
    ids=["none", "open", "short", "nowhere", "keep", "folder", "there"],
)
def test_a_backup_is_refused(
    made: Path, run: Run, secret: Path, tmp_path: Path, words: list[str], status: int, says: str
) -> None:
    (tmp_path / "open").write_text(SECRET)
    (tmp_path / "open").chmod(0o644)
    (tmp_path / "short").write_text("kort")
    (tmp_path / "short").chmod(0o600)
    before = sorted(made.rglob("*"))
    done = run(
        "backup", "--dir", made, *([] if "--to" in words else ["--to", "backup"]), *words, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (status, "")
    assert says in done.stderr
    assert not (tmp_path / "backup").exists()
    assert sorted(made.rglob("*")) == before


def test_what_systemd_hands_over_will_do(made: Path, run: Run, tmp_path: Path) -> None:
    """systemd's credentials carry an access list, which looks as if a group might read them."""
    folder = tmp_path / "credentials"
    folder.mkdir(mode=0o700)
    (folder / "passphrase").write_text(SECRET)
    (folder / "passphrase").chmod(0o440)
    words = ["--dir", made, "--to", tmp_path / "backup", "--passphrase-file", folder / "passphrase"]
    assert run("backup", *words).returncode == 1
    assert run("backup", *words, CREDENTIALS_DIRECTORY=str(folder)).returncode == 0


@pytest.mark.parametrize("key", ["group-ed25519.pem", "group-rsa.pem", "application-rsa.pem"])
def test_a_node_without_its_key_is_not_kept(made: Path, tmp_path: Path, key: str) -> None:
    (made / "keys" / key).unlink()
    with pytest.raises(Refusal, match="a key is missing"):
        kept(made, tmp_path / "backup")
    assert not (made / "keys" / key).exists()


def test_a_node_of_an_older_release_gets_its_rsa_keys_when_it_comes_back(made: Path, tmp_path: Path) -> None:
    for path in (made / "keys").glob("*-rsa.pem"):
        path.unlink()
    file = forged(made, tmp_path / "backup", {})
    back(file, tmp_path / "there")
    assert names(tmp_path / "there") == ["Beheerder"]
    assert len(list((tmp_path / "there" / "keys").glob("*-rsa.pem"))) == 2


def test_keys_that_were_changed_come_along(made: Path, tmp_path: Path) -> None:
    for kind in KINDS:
        control.run(made, "key rotate", {"rsa": kind == "rsa"})
    told = control.run(made, "key list", {})["keys"]
    assert [one["signs"] for one in told] == [False, True, False, True]
    there = tmp_path / "there"
    back(kept(made, tmp_path / "backup"), there)
    assert control.run(there, "key list", {})["keys"] == told
    assert len(told) == len(list((there / "keys").glob("group-*.pem")))


def test_what_is_there_stays(made: Path, tmp_path: Path) -> None:
    file = kept(made, tmp_path / "backup")
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    with pytest.raises(Refusal, match="not empty"):
        back(file, made)
    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == before


def test_an_empty_directory_will_do(made: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    back(kept(made, tmp_path / "backup"), tmp_path / "there")
    assert names(tmp_path / "there") == ["Beheerder"]


@pytest.mark.parametrize("harm", ["changed", "cut", "other passphrase", "other file"])
def test_a_doctored_file_leaves_nothing(
    made: Path, run: Run, secret: Path, tmp_path: Path, harm: str
) -> None:
    file, there = kept(made, tmp_path / "backup"), tmp_path / "there"
    content = file.read_bytes()
    changed = {
        "changed": content[:5000] + bytes([content[5000] ^ 1]) + content[5001:],
        "cut": content[: len(content) // 2],
        "other passphrase": content,
        "other file": b"PK" + content,
    }
    file.write_bytes(changed[harm])
    if harm == "other passphrase":
        secret.write_text("vijf andere woorden op papier")
    done = run("restore", "--from", file, "--dir", there, "--passphrase-file", secret)
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be used" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not there.exists()


def test_a_newer_database_is_refused_an_older_one_is_brought_up(made: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(made / "node.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    file = kept(made, tmp_path / "backup")
    with pytest.raises(Refusal, match="9999"):
        back(file, tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_the_settings_may_want_the_database_elsewhere(made: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    (made / "node.db").rename(elsewhere)
    (made / FILE).write_text((made / FILE).read_text() + f'database = "sqlite:///{elsewhere}"\n')
    file = kept(made, tmp_path / "backup")
    with pytest.raises(Refusal, match="there is a database at"):
        back(file, tmp_path / "there")
    elsewhere.unlink()
    back(file, tmp_path / "there")
    assert elsewhere.exists()
    assert not (tmp_path / "there" / "node.db").exists()
    assert names(tmp_path / "there") == ["Beheerder"]


# What a liar with the passphrase would write


def forged(directory: Path, to: Path, contents: dict[str, bytes], **change: Any) -> Path:
    """A file that is well sealed and well signed, with other things in it."""
    here = settings.read(directory, {})
    own = keys.load_or_make(directory, here.home).group
    whole = {name: (directory / name).read_bytes() for name in (FILE, "node.db")}
    whole |= {f"keys/{path.name}": path.read_bytes() for path in (directory / "keys").iterdir()}
    whole = {name: content for name, content in (whole | contents).items() if content}
    manifest = bundle.Manifest(
        **{
            "what": "backup",
            "made": "2026-11-03T12:00:00Z",
            "program": "0",
            "origin": here.origin,
            "actor": here.home.actor,
            "name": here.name,
            "area": here.area,
            "key": keys.public(own),
            "schema": schema.newest(),
            "database": "sqlite",
            "files": [bundle.piece(name, content) for name, content in whole.items()],
        }
        | change
    )
    bundle.write(to, SECRET, manifest, dict(whole), own, lambda count: None, work=1)
    return to


@pytest.mark.parametrize(
    ("contents", "change", "says"),
    [
        ({}, {}, ""),
        ({"../evil": b"x"}, {}, "would lie elsewhere"),
        ({"/tmp/evil": b"x"}, {}, "would lie elsewhere"),
        ({"extra": b"x"}, {"files": []}, "its list does not name"),
        ({}, {"files": [bundle.Piece("more", 1, "0" * 64)]}, "its list does not name"),
        ({}, {"format": 2}, "newer program"),
        ({}, {"what": "box"}, "use move in"),
        ({}, {"schema": "9999"}, "use a newer"),
        ({}, {"database": "postgresql"}, "database.dump is missing"),
        ({}, {"origin": "https://noord.example"}, "its settings"),
        ({}, {"key": "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"}, "signature"),
        ({}, {"key": "nonsense"}, "signature"),
        ({"keys/group-ed25519.pem": b""}, {}, "a key is missing"),
        ({"node.db": b""}, {}, "node.db is missing"),
        ({"node.db": b"SQLite format 3\0" + b"x" * 5000}, {}, "damaged"),
    ],
)
def test_a_liar_is_refused(
    made: Path, tmp_path: Path, contents: dict[str, bytes], change: dict[str, Any], says: str
) -> None:
    file, there = forged(made, tmp_path / "backup", contents, **change), tmp_path / "there"
    if not says:
        assert back(file, there)["name"] == "Centrum"
        return
    with pytest.raises(Refusal, match=says):
        back(file, there)
    assert not there.exists()
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    ("wrong", "says"), [({"sha256": "0" * 64}, "is not what it was"), ({"size": 1}, "its list does not name")]
)
def test_a_file_that_is_not_what_its_list_says_is_refused(
    made: Path, tmp_path: Path, wrong: dict[str, Any], says: str
) -> None:
    paths = [made / FILE, made / "node.db", *sorted((made / "keys").iterdir())]
    pieces = [bundle.piece(path.relative_to(made).as_posix(), path) for path in paths]
    pieces[0] = msgspec.structs.replace(pieces[0], **wrong)
    file = forged(made, tmp_path / "backup", {}, files=pieces)
    with pytest.raises(Refusal, match=says):
        back(file, tmp_path / "there")


def test_postgresql_is_kept_too(made: Path, postgresql: str, run: Run, secret: Path, tmp_path: Path) -> None:
    url = postgresql.replace("+asyncpg", "")
    in_town(made, 8099)
    (made / FILE).write_text((made / FILE).read_text() + f'database = "{url}"\n')
    add(made, "Bea")
    file, there = tmp_path / "backup", tmp_path / "there"
    done = run("backup", "--dir", made, "--to", file, "--passphrase-file", secret)
    assert (done.returncode, done.stderr) == (0, "")
    words = ["restore", "--from", file, "--dir", there, "--passphrase-file", secret]
    refused = run(*words)
    assert refused.returncode == 1
    assert "there is a node in that PostgreSQL database already" in refused.stderr
    subprocess.run(["psql", "-qc", "DROP SCHEMA public CASCADE; CREATE SCHEMA public", url], check=True)
    done = run(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert names(there) == ["Bea"]
    assert not list(there.glob("*.dump"))


def test_without_postgresqls_programs_it_says_what_to_do(
    made: Path, postgresql: str, run: Run, secret: Path, tmp_path: Path
) -> None:
    (made / FILE).write_text(
        (made / FILE).read_text() + f'database = "{postgresql.replace("+asyncpg", "")}"\n'
    )
    words = ["--dir", made, "--to", tmp_path / "backup", "--passphrase-file", secret]
    done = run("backup", *words, PATH=str(tmp_path))
    assert done.returncode == 1
    assert "apt install postgresql-client" in done.stderr
    assert "pg_dump --format=custom" in done.stderr
    assert not (tmp_path / "backup").exists()
