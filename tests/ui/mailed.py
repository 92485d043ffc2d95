"""What somebody reads in their mail: letters as a real mail server got them."""

import re
from typing import Any

from tests.mail.conftest import body, parsed
from tests.mail.test_carriers import Server
from tests.ui.nodes import until


def way_to(mail: Server) -> dict[str, Any]:
    """The settings of a node that sends by it."""
    return {"mail_folder": "", "mail_host": "localhost", "mail_port": mail.port, "mail_tls": "none"}


async def code_for(mail: Server, address: str, number: int = 1) -> str:
    """The digits in the sign-in mail to this address; in the second when `number` is 2."""
    return _within(r"^(\d{3} \d{3})$", await _letter(mail, address, number))


async def link_for(mail: Server, address: str, number: int = 1) -> str:
    """The address in it."""
    return _within(r"(http://\S+/signin/\S+)", await _letter(mail, address, number))


async def _letter(mail: Server, address: str, number: int) -> str:
    def came() -> list[str]:
        mine = [one.content for one in mail.envelopes if address in one.rcpt_tos]
        return [body(parsed(one)) for one in mine if isinstance(one, bytes)]

    async def there() -> bool:
        return len(came()) >= number

    await until(there)
    return came()[number - 1]


def _within(pattern: str, letter: str) -> str:
    found = re.search(pattern, letter, re.M)
    assert found, letter
    return found[1]
