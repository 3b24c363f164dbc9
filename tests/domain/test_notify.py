import pytest

from commerce_api.domain.notify import (
    AS_PREFERRED,
    Addressee,
    EmailChoice,
    MailRequired,
    Notify,
    OrderMail,
    addressee,
)
from tests.domain.orders import id_

ADA, MAIL = id_(7), OrderMail.ORDER_CONFIRMATION
SEND, SUPPRESS = Notify(email=EmailChoice.SEND), Notify(email=EmailChoice.SUPPRESS)
NONE, REQUIRED = frozenset(), frozenset({MAIL})
ELSEWHERE = Notify(to="eve@example.com")


@pytest.mark.parametrize(
    ("notify", "customer_id", "required", "expected"),
    [
        (AS_PREFERRED, ADA, NONE, Addressee(to="ada@example.com", preferred_by=ADA)),
        (AS_PREFERRED, None, NONE, Addressee(to="ada@example.com")),
        (AS_PREFERRED, ADA, REQUIRED, Addressee(to="ada@example.com")),
        (ELSEWHERE, ADA, NONE, Addressee(to="eve@example.com", preferred_by=ADA)),
        (SEND, ADA, NONE, Addressee(to="ada@example.com")),
        (SUPPRESS, ADA, NONE, Addressee(to="")),
        (SUPPRESS, None, REQUIRED, Addressee(to="")),
        (SUPPRESS, ADA, REQUIRED, MailRequired(path=("notify", "email"))),
    ],
)
def test_a_mail_goes_as_preferred_as_wanted_this_once_or_as_it_has_to(notify, customer_id, required, expected):
    assert addressee(notify, MAIL, "ada@example.com", customer_id, required) == expected


@pytest.mark.parametrize(
    ("notify", "overrides"), [(AS_PREFERRED, False), (SEND, True), (SUPPRESS, True), (ELSEWHERE, True)]
)
def test_whatever_differs_from_the_preference_is_an_override(notify, overrides):
    assert notify.overrides is overrides
