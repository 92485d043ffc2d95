"""The two ways out: a folder, and a real mail server on this machine."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from node.acts import residents
from node.mail import carriers
from node.storage import letters
from tests import town
from tests.mail.conftest import Mailbox, body, parsed, settings_for

Open = Callable[..., AbstractAsyncContextManager["Server"]]


def a_letter(to: str = "bea@example.org") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "noreply@centrum.example", to, "Er is een bericht"
    message.set_content("Eén woord.\n", cte="quoted-printable")
    return message


@dataclass
class Server:
    """What a mail server hears, and how it answers."""

    port: int = 0
    answer: str = "250 OK"
    envelopes: list[Envelope] = field(default_factory=list)
    tls: list[bool] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer.replace("ADDRESS", address)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        assert server.transport is not None
        self.tls.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 accepted"

    def check(self, server: SMTP, session: Session, envelope: Envelope, how: str, login: Any) -> AuthResult:
        self.logins.append((login.login, login.password))
        return AuthResult(success=login.password == b"secret", handled=False)


@asynccontextmanager
async def opened(
    tls: ssl.SSLContext | None = None, at_once: bool = False, **options: Any
) -> AsyncIterator[Server]:
    """A mail server; with `tls` it offers STARTTLS, or speaks it at once."""
    server = Server()

    def protocol() -> SMTP:
        offer = None if at_once else tls
        return SMTP(server, hostname="mail.example", authenticator=server.check, tls_context=offer, **options)

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if at_once else None)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()


def way_to(server: Server, directory: Path, **change: Any) -> carriers.Carrier:
    values = {"mail_folder": "", "mail_host": "localhost", "mail_port": server.port, "mail_tls": "none"}
    carrier = carriers.carrier(settings_for(directory, **{**values, **change}))
    assert carrier is not None
    return carrier


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost with its key, signed by itself."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")]),
    )
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    key_bytes = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(key_bytes + made.public_bytes(pem))
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def test_a_letter_reaches_the_mail_server_whole(tmp_path: Path) -> None:
    async with opened() as server:
        await way_to(server, tmp_path)(a_letter())
    [envelope] = server.envelopes
    assert envelope.mail_from == "noreply@centrum.example"
    assert envelope.rcpt_tos == ["bea@example.org"]
    assert isinstance(envelope.content, bytes)
    assert body(parsed(envelope.content)) == "Eén woord.\n"


async def test_an_unknown_mailbox_is_refused_for_good_and_a_full_one_for_now(tmp_path: Path) -> None:
    async with opened() as server:
        carrier = way_to(server, tmp_path)
        server.answer = "550 5.1.1 <ADDRESS>: unknown"
        with pytest.raises(carriers.Refused, match="unknown"):
            await carrier(a_letter())
        server.answer = "450 4.2.1 come back later"
        with pytest.raises(Exception, match="come back later") as later:
            await carrier(a_letter())
        assert later.type is not carriers.Refused
        server.answer = "250 OK"
        await carrier(a_letter())
    assert len(server.envelopes) == 1


async def test_nobody_listens(tmp_path: Path) -> None:
    async with opened() as server:
        pass
    with pytest.raises(Exception, match="connect"):
        await way_to(server, tmp_path)(a_letter())


@pytest.mark.parametrize(("way", "at_once"), [("starttls", False), ("tls", True)])
async def test_a_letter_goes_encrypted_to_whom_it_should(
    tmp_path: Path,
    tls: ssl.SSLContext,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    at_once: bool,
) -> None:
    async with opened(tls, at_once) as server:
        with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
            await way_to(server, tmp_path, mail_tls=way)(a_letter())
        assert server.envelopes == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # from here on, this signature is believed
        await way_to(server, tmp_path, mail_tls=way)(a_letter())
        with pytest.raises(Exception, match=r"CERTIFICATE_VERIFY_FAILED|not valid for"):
            await way_to(server, tmp_path, mail_tls=way, mail_host="127.0.0.1")(a_letter())
    assert server.tls == [True]


async def test_without_starttls_no_letter_goes(tmp_path: Path) -> None:
    async with opened() as server:
        with pytest.raises(Exception, match="STARTTLS"):
            await way_to(server, tmp_path, mail_tls="starttls")(a_letter())
    assert server.envelopes == []


async def test_the_password_is_given_where_it_is_asked_for(
    tmp_path: Path, tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    login = {"mail_tls": "starttls", "mail_user": "centrum"}
    async with opened(tls, auth_required=True) as server:
        await way_to(server, tmp_path, **login, mail_password="secret")(a_letter())
        with pytest.raises(Exception, match="535"):
            await way_to(server, tmp_path, **login, mail_password="wrong")(a_letter())
    assert set(server.logins) == {(b"centrum", b"secret"), (b"centrum", b"wrong")}
    assert len(server.envelopes) == 1


async def test_a_link_to_sign_in_goes_all_the_way(mailbox: Mailbox, tmp_path: Path) -> None:
    await mailbox.database.writing(residents.ask_signin, "bea@example.org", "192.0.2.1", town.NOON)
    async with opened() as server:
        mailbox.carrier = way_to(server, tmp_path)
        await mailbox.send()
    [envelope] = server.envelopes
    assert isinstance(envelope.content, bytes)
    letter = parsed(envelope.content)
    assert "https://centrum.example/signin/" in body(letter)
    assert letter["Subject"] == "Inloggen bij Centrum"
    assert await mailbox.rows() == []


async def test_what_the_server_says_is_kept_for_the_operator_without_the_address(
    mailbox: Mailbox, tmp_path: Path
) -> None:
    await mailbox.database.writing(letters.add, "agreed", town.NOON, resident_id=mailbox.cast.poster.id)
    async with opened() as server:
        server.answer = "550 5.1.1 <ADDRESS>: unknown here"
        mailbox.carrier = way_to(server, tmp_path)
        await mailbox.send()
    [row] = await mailbox.rows()
    assert row["due"] is None
    assert row["error"] == "Refused: 5.1.1 <…>: unknown here"


# The folder


async def test_a_folder_holds_whole_letters_in_the_order_of_sending(tmp_path: Path) -> None:
    carrier = carriers.carrier(settings_for(tmp_path))
    assert carrier is not None
    for number in range(5):
        await carrier(a_letter(f"bea{number}@example.org"))
    files = sorted((tmp_path / "mailbox").iterdir())
    assert [parsed(path.read_bytes())["To"] for path in files] == [
        f"bea{number}@example.org" for number in range(5)
    ]
    assert {path.suffix for path in files} == {".eml"}
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}  # it opens doors
    assert files[0].parent.stat().st_mode & 0o777 == 0o700


async def test_a_letter_that_cannot_be_kept_is_not_gone(mailbox: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "mailbox").write_text("a file where the folder should be")
    await mailbox.database.writing(letters.add, "agreed", town.NOON, resident_id=mailbox.cast.poster.id)
    await mailbox.send()
    [row] = await mailbox.rows()
    assert row["due"] > town.NOON
    assert "FileExistsError" in row["error"]


def test_no_way_out_is_said_so(tmp_path: Path) -> None:
    assert carriers.carrier(settings_for(tmp_path, mail_folder="")) is None
