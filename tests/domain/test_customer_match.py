from uuid import UUID

import pytest

from commerce_api.domain.customer_find import NoSearchKey
from commerce_api.domain.customer_keys import CustomerKey as K
from commerce_api.domain.customer_match import (
    Candidate,
    Fit,
    MatchedKey,
    misheard,
    ranked,
    rarest_first,
    said,
)
from commerce_api.domain.decision import refuse
from commerce_api.domain.intake import Intake

ADA, EVE, BOB = UUID(int=1), UUID(int=2), UUID(int=3)
KEYS = {
    ADA: [
        ("FIRST_NAME", "ada"),
        ("LAST_NAME", "byron"),
        ("PHONE", "4917012345"),
        ("PHONE", "17012345"),
        ("CITY", "jena"),
    ],
    EVE: [("FIRST_NAME", "byron"), ("LAST_NAME", "eves"), ("EMAIL", "eve@example.com"), ("CITY", "jenakirch")],
}


def heard(**texts):
    return said({K[name.upper()]: text for name, text in texts.items()}, Intake())


def found(**texts):
    return [(one.customer_id, one.score, [(m.key, m.fit) for m in one.matched]) for one in ranked(heard(**texts), KEYS)]


@pytest.mark.parametrize(
    ("texts", "matches"),
    [
        ({"phone": "0170 12345"}, [(ADA, 100, [(K.PHONE, Fit.EXACT)])]),
        ({"phone": "345"}, [(ADA, 80, [(K.PHONE, Fit.ENDING)])]),
        ({"phone": "45"}, []),
        ({"phone": "012345"}, [(ADA, 80, [(K.PHONE, Fit.ENDING)])]),
        ({"phone": "045"}, []),
        ({"email": "EVE+shop@example.com"}, [(EVE, 100, [(K.EMAIL, Fit.EXACT)])]),
        ({"email": "eve"}, [(EVE, 50, [(K.EMAIL, Fit.BEGINNING)])]),
        ({"email": "ev"}, []),
        ({"last_name": "Byrom"}, [(EVE, 70, [(K.LAST_NAME, Fit.MISHEARD)]), (ADA, 70, [(K.LAST_NAME, Fit.MISHEARD)])]),
        ({"last_name": "Byron"}, [(ADA, 100, [(K.LAST_NAME, Fit.EXACT)]), (EVE, 90, [(K.LAST_NAME, Fit.SWAPPED)])]),
        ({"first_name": "Ado"}, []),
        (
            {"first_name": "Ada", "last_name": "Biron", "city": "Jena"},
            [
                (ADA, 82, [(K.FIRST_NAME, Fit.EXACT), (K.LAST_NAME, Fit.MISHEARD), (K.CITY, Fit.EXACT)]),
                (EVE, 47, [(K.LAST_NAME, Fit.MISHEARD), (K.CITY, Fit.BEGINNING)]),
            ],
        ),
        ({"order_number": "E1", "city": "Jena"}, []),
    ],
)
def test_whoever_has_more_of_what_was_said_comes_first(texts, matches):
    assert found(**texts) == matches


def test_no_more_are_shown_than_can_be_looked_at():
    many = {UUID(int=n): [("LAST_NAME", "byron")] for n in range(1, 30)}

    best = ranked(heard(last_name="Byron"), many)

    assert best[0] == Candidate(
        customer_id=UUID(int=29), score=100, matched=(MatchedKey(key=K.LAST_NAME, fit=Fit.EXACT),)
    )
    assert len(best) == 10


@pytest.mark.parametrize(
    ("text", "name", "near"),
    [
        *(("byron", name, True) for name in ("byron", "biron", "byrn", "byronn", "byorn")),
        *(("byron", name, False) for name in ("bern", "byronnn", "yrno")),
        ("ada", "ida", False),
    ],
)
def test_one_letter_may_be_misheard(text, name, near):
    assert misheard(text, name) is near


def test_names_may_be_meant_that_are_one_letter_off():
    one = heard(first_name="Ada", last_name="Byrom", city="Byrom")

    assert one.names == ("byrom",)
    assert one.heard_as({"byrom": ("byron", "bryom")}) == {
        K.FIRST_NAME: ("ada",),
        K.LAST_NAME: ("byrom", "byron", "bryom"),
        K.CITY: ("byrom",),
    }


def test_what_few_share_is_looked_at_first():
    assert rarest_first([K.CITY, K.LAST_NAME, K.PHONE]) == [K.PHONE, K.LAST_NAME, K.CITY]


@pytest.mark.parametrize("texts", [{}, {"last_name": "-", "phone": "?", "email": " "}])
def test_something_has_to_be_said(texts):
    assert heard(**texts) == refuse(NoSearchKey())
