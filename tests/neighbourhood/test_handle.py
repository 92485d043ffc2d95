"""How somebody says where their account is."""

import pytest

from node.neighbourhood.handle import Handle, checked_handle
from node.neighbourhood.refusal import Invalid

MO = Handle("mo", "social.example")


@pytest.mark.parametrize(
    "written",
    [
        "@mo@social.example",
        "mo@social.example",
        "  @mo@Social.Example. ",
        "acct:mo@social.example",
        "https://social.example/@mo",
        "https://social.example/@mo/",
    ],
)
def test_an_address_is_read_as_people_write_it(written: str) -> None:
    assert checked_handle(written) == MO
    assert str(MO) == "@mo@social.example"


def test_a_server_with_other_letters_or_a_port_is_read_too() -> None:
    assert checked_handle("@mo@bücher.example").host == "xn--bcher-kva.example"
    assert checked_handle("@mo@127.0.0.1:8805").host == "127.0.0.1:8805"
    assert checked_handle("@Mo_B.2-x@social.example").name == "Mo_B.2-x"


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            "mo",
            "@mo",
            "@mo@",
            "@@social.example",
            "mo@social.example@evil.example",
            "@mo@so cial.example",
        ),
        *(
            "@mo@social.example/x",
            "@mo@social.example?x",
            "@mo@user:pass@x.example",
            "@mo@[::1]",
            "@m o@x.example",
        ),
        *("javascript:alert(1)", "https://social.example/users/mo", "@mo@x.example\\", "@mo@x.example#"),
        *("@mo@" + "a" * 64 + ".example", "@" + "m" * 65 + "@x.example", "@mo@.example", "@mo@x..example"),
        *("@mo@x.example:99999999", "@mo\n@x.example", "@<b>@x.example", "@mo@" + "x." * 200),
    ],
)
def test_what_is_no_address_is_refused_at_its_field(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_handle(written)
    assert set(refused.value.errors) == {"address"}
