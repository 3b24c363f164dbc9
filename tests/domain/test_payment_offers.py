from dataclasses import replace
from datetime import timedelta

import pytest

from commerce_api.domain.card import CardBrand, CardBrandNotAccepted, CardExpired, CardFace
from commerce_api.domain.payment import PaymentMethodKind
from commerce_api.domain.payment_offers import (
    CARDS_ONLY,
    AmountRange,
    CustomerTerms,
    Payer,
    PaymentAudience,
    PaymentObstacle,
    PaymentOffer,
    against_card,
    card_obstacle,
    due_at,
    obstacle,
    offer_of,
)
from tests.domain.orders import AT

OBSTACLE, A = PaymentObstacle, PaymentAudience
INVOICE = PaymentOffer(
    kind=PaymentMethodKind.INVOICE, days=14, names={}, texts={}, amounts={"EUR": AmountRange(least=100, most=500)}
)
SOME_BRANDS = replace(CARDS_ONLY[0], brands=frozenset({CardBrand.VISA, CardBrand.MASTERCARD}))
VISA = CardFace(brand=CardBrand.VISA, last_four="4242", expiry_month=3, expiry_year=2026)
GUEST = Payer(currency="EUR")
ADA = replace(GUEST, registered=True)
APPROVED = replace(ADA, terms=CustomerTerms(limits={"EUR": 1_000}))


@pytest.mark.parametrize(
    ("audience", "payer", "amount", "expected"),
    [
        (A.EVERYBODY, GUEST, 100, None),
        (A.EVERYBODY, GUEST, 500, None),
        (A.EVERYBODY, GUEST, None, None),
        (A.EVERYBODY, GUEST, 99, OBSTACLE.TOO_LITTLE),
        (A.EVERYBODY, GUEST, 501, OBSTACLE.TOO_MUCH),
        (A.EVERYBODY, replace(GUEST, currency="USD"), 501, None),
        (A.REGISTERED, GUEST, 501, OBSTACLE.REGISTERED_ONLY),
        (A.REGISTERED, ADA, 500, None),
        (A.APPROVED, GUEST, None, OBSTACLE.REGISTERED_ONLY),
        (A.APPROVED, ADA, None, OBSTACLE.NOT_APPROVED),
        (A.APPROVED, APPROVED, 500, None),
        (A.APPROVED, replace(APPROVED, currency="USD"), 500, OBSTACLE.NOT_APPROVED),
    ],
)
def test_who_may_pay_in_some_way_and_how_much(audience, payer, amount, expected):
    assert obstacle(replace(INVOICE, audience=audience), payer, amount) is expected


def test_what_is_not_offered_is_no_way_to_pay():
    assert offer_of(CARDS_ONLY, "CARD") is CARDS_ONLY[0]
    assert obstacle(offer_of(CARDS_ONLY, "INVOICE"), APPROVED, 1) is OBSTACLE.NOT_OFFERED
    assert obstacle(replace(INVOICE, amounts={"EUR": AmountRange(least=1)}), GUEST, 10**9) is None


def test_an_invoice_is_due_when_it_was_agreed_on_and_other_things_as_the_channel_says():
    longer = replace(APPROVED, terms=CustomerTerms(days=30, limits={}))
    transfer = replace(INVOICE, kind=PaymentMethodKind.BANK_TRANSFER, days=7)

    assert due_at(INVOICE, APPROVED, AT) == AT + timedelta(days=14)
    assert due_at(INVOICE, longer, AT) == AT + timedelta(days=30)
    assert due_at(transfer, longer, AT) == AT + timedelta(days=7)
    assert due_at(CARDS_ONLY[0], longer, AT) is None


@pytest.mark.parametrize(
    ("card", "refusal", "known_as"),
    [
        (VISA, None, None),
        (replace(VISA, expiry_month=2), CardExpired(), OBSTACLE.CARD_EXPIRED),
        (
            replace(VISA, brand=CardBrand.AMEX),
            CardBrandNotAccepted(accepted="MASTERCARD, VISA"),
            OBSTACLE.BRAND_NOT_ACCEPTED,
        ),
    ],
)
def test_a_card_is_taken_that_has_not_expired_and_is_of_a_brand_that_is_taken(card, refusal, known_as):
    assert against_card(SOME_BRANDS, card, AT) == refusal
    assert card_obstacle(SOME_BRANDS, card, AT) is known_as


def test_without_brands_all_are_taken_and_without_a_card_none():
    (any_card,) = CARDS_ONLY

    assert card_obstacle(any_card, replace(VISA, brand=CardBrand.AMEX), AT) is None
    assert card_obstacle(any_card, None, AT) is OBSTACLE.CARD_UNKNOWN
