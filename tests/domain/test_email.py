import pytest

from commerce_api.domain.decision import InvalidValue
from commerce_api.domain.email import normalized, parse_email
from commerce_api.domain.intake import Intake


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ada@example.com", "ada@example.com"),
        ("  Ada.Byron+Shop@EXAMPLE.com ", "ada.byron+shop@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@mail.example.co.uk", "ada@mail.example.co.uk"),
    ],
)
def test_one_address_has_one_spelling(typed, kept):
    assert normalized(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@localhost",
        "a b@example.com",
        "ada@-x.com",
        "ada@x..com",
        ".a@x.com",
        "a..b@example.com",
        "a@b@example.com",
        "ada@example.com\0",
        "ada@exa mple.com",
        "ädä@example.com",
        f"{'a' * 65}@example.com",
        f"a@{'b' * 64}.com",
        f"a@{'.'.join(['b' * 60] * 5)}.com",
    ],
)
def test_what_mail_cannot_reach_is_no_address(typed):
    assert normalized(typed) is None


@pytest.mark.parametrize(
    ("typed", "address", "problems"),
    [
        ("Ada@Example.com", "ada@example.com", []),
        ("ada", "", [InvalidValue(path=("lines", "0", "email"), problem="This is not a mail address.")]),
    ],
)
def test_an_input_without_an_address_is_told_where(typed, address, problems):
    intake = Intake()

    assert parse_email(intake, typed, "lines", 0, "email") == address
    assert intake.problems == problems
