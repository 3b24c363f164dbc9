import zlib
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from commerce_api.domain.availability import Availability, StockPolicy
from commerce_api.domain.card import CardBrand, CardFace
from commerce_api.domain.cart import MAX_LINES, MAX_QUANTITY, PaymentInstruction, Purpose
from commerce_api.domain.checkout import (
    Checkout,
    Difference,
    DifferenceKind,
    Missing,
    Requirement,
    differences,
    dues,
    facts_of,
    missing,
    read_summary_token,
    summary_token,
)
from commerce_api.domain.custom_field import FieldOwner
from commerce_api.domain.particulars import Particulars
from commerce_api.domain.payment import PaymentMethodKind
from commerce_api.domain.payment_offers import CARDS_ONLY, AmountRange, Payer, PaymentObstacle, PaymentOffer
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.shipping_policy import AvailabilityChoice
from tests.domain import adjusted
from tests.domain.carts import KETTLE, MUG, NOON, ONE, POST, TWO, a_cart, line
from tests.domain.fields import HERE as HERE_IN
from tests.domain.fields import a_field
from tests.domain.test_priced_cart import AUSTRIA, GERMANY, market, to, variant

CARD = PaymentInstruction(id=UUID(int=61), method="CARD", card_token="tok")
FACE = CardFace(brand=CardBrand.VISA, last_four="4242", expiry_month=3, expiry_year=2026)
HERE = to(GERMANY, shipping_method_id=POST)
R, D = Requirement, DifferenceKind
BAD_CARD = Missing(requirement=R.PAYMENT_METHOD, instruction=0, obstacle=PaymentObstacle.CARD_UNKNOWN)
INVOICE = replace(CARD, id=UUID(int=62), method="INVOICE", card_token=None)
BY_INVOICE = PaymentOffer(
    kind=PaymentMethodKind.INVOICE, days=14, names={"en": "Invoice"}, texts={}, amounts={"EUR": AmountRange(most=1_000)}
)


def checkout(*lines, facts=None, email="ada@example.com", at=NOON, terms="2", cards=None, **changes):
    asked = {name: changes.pop(name) for name in ("fields", "po_number_required") if name in changes}
    ready = {
        "billing_address": GERMANY,
        "payment_instructions": (CARD,),
        "terms_version": "2",
        "ship_groups": (HERE,),
        **changes,
    }
    priced = price_cart(a_cart(*(lines or (line(ONE, seen=1_190),)), **ready), facts or market())
    known = {"tok": FACE} if cards is None else cards
    asked |= {"payer": Payer(currency="EUR"), "terms_version": terms, "at": at}
    return Checkout(priced=priced, email=email, cards=known, **asked)


def of_line(requirement, line_id=ONE):
    return Missing(requirement=requirement, line_id=line_id)


def of_group(requirement):
    return Missing(requirement=requirement, ship_group_id=HERE.id)


def of_buyer(requirement):
    return Missing(requirement=requirement)


def test_a_complete_checkout_lacks_nothing():
    assert missing(checkout()) == ()


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({"email": ""}, of_buyer(R.EMAIL_OR_PHONE)),
        ({"email": "", "phone": "+4930123456"}, None),
        ({"billing_address": None}, None),
        ({"terms": "3"}, of_buyer(R.TERMS)),
        ({"payment_instructions": ()}, of_buyer(R.PAYMENT)),
        ({"payment_instructions": (replace(CARD, amount=1),)}, of_buyer(R.PAYMENT_AMOUNTS)),
        ({"payment_instructions": (replace(CARD, card_token=None),)}, BAD_CARD),
        ({"cards": {}}, BAD_CARD),
        ({"at": NOON + timedelta(days=31)}, replace(BAD_CARD, obstacle=PaymentObstacle.CARD_EXPIRED)),
        ({"ship_groups": (to(None),)}, of_group(R.SHIPPING_ADDRESS)),
        ({"ship_groups": (to(GERMANY),)}, of_group(R.SHIPPING_METHOD)),
        ({"facts": market(variant(KETTLE, on_sale=False))}, of_line(R.LINE_ON_SALE)),
    ],
)
def test_each_thing_that_an_order_needs_is_missed(changes, lacking):
    assert missing(checkout(**changes)) == ((lacking,) if lacking else ())


def test_what_was_to_become_another_order_is_taken_out_first():
    here = market(variant(KETTLE, availability=Availability(policy=StockPolicy.BACKORDER, available=1)))
    separate = {"availability_choice": AvailabilityChoice.SEPARATE_ORDER, "facts": here}

    assert missing(checkout(line(ONE, quantity=2, seen=1_190), **separate)) == (of_line(R.SEPARATE_ORDER),)
    assert missing(checkout(line(ONE, quantity=1, seen=1_190), **separate)) == ()


@pytest.mark.parametrize(
    ("named", "destinations", "bill_to"),
    [
        (AUSTRIA, [GERMANY], AUSTRIA),
        (None, [GERMANY], GERMANY),
        (None, [GERMANY, GERMANY], GERMANY),
        (None, [GERMANY, AUSTRIA], None),
        (None, [None], None),
    ],
)
def test_who_is_not_named_is_billed_as_goods_are_sent_if_all_go_to_one(named, destinations, bill_to):
    assert a_cart(billing_address=named, ship_groups=tuple(map(to, destinations))).bill_to == bill_to


def test_what_is_sold_out_is_missed_by_its_line():
    lines = (line(ONE, quantity=6, seen=1_190), line(TWO, MUG, seen=1_190))
    light = [variant(id_, weight=100) for id_ in (KETTLE, MUG)]

    assert missing(checkout(*lines, facts=market(*light))) == (of_line(R.STOCK),)


def test_an_empty_cart_is_told_everything_at_once_in_the_order_of_a_storefront():
    empty = replace(a_cart(), ship_groups=(to(None),))
    bare = Checkout(
        priced=price_cart(empty, market()), email="", cards={}, payer=Payer(currency="EUR"), terms_version="2", at=NOON
    )

    assert [each.requirement for each in missing(bare)] == [R.LINES, R.EMAIL_OR_PHONE, R.BILLING_ADDRESS, R.TERMS]


@pytest.mark.parametrize(
    ("amounts", "due", "paid"),
    [
        ((None,), 100, [100]),
        ((30, None), 100, [30, 70]),
        ((30, 70), 100, [30, 70]),
        ((100, None), 100, [100]),
        ((), 0, []),
        ((None,), 0, []),
        ((30,), 100, None),
        ((130,), 100, None),
        ((130, None), 100, None),
        ((None, None), 100, None),
        ((), 100, None),
    ],
)
def test_instructions_pay_exactly_what_is_due(amounts, due, paid):
    found = dues([replace(CARD, amount=amount) for amount in amounts], due)

    assert (None if found is None else [amount for _, amount in found]) == paid


def test_a_summary_token_holds_the_facts():
    facts = facts_of(checkout())

    assert read_summary_token(summary_token(facts)) == facts
    assert differences(facts, facts) == ()


SOUND = facts_of(checkout())
LINE, OPTION = SOUND["lines"][ONE.hex], SOUND["shipping"][HERE.id.hex]


@pytest.mark.parametrize("token", ["", "no token", "ä", "\ud800", "A" * 200_001, summary_token([]), summary_token({})])
def test_what_is_no_summary_token_is_not_read(token):
    assert read_summary_token(token) is None


@pytest.mark.parametrize(
    "forged",
    [
        {"more": 1},
        {"total": "1190"},
        {"total": True},
        {"tax": -1},
        {"total": 2**63},
        {"total": float("nan")},
        {"terms": "x" * 2_000_001},
        {"lines": {"a": LINE}},
        {"lines": {"\ud800": LINE}},
        {"lines": {ONE.hex: 1}},
        {"lines": {ONE.hex: LINE[:4]}},
        {"lines": {ONE.hex: [MAX_QUANTITY + 1, *LINE[1:]]}},
        {"lines": {ONE.hex: [1, [1], *LINE[2:]]}},
        {"lines": {ONE.hex: [*LINE[:3], 2**31, LINE[4]]}},
        {"lines": {f"{number:032x}": LINE for number in range(MAX_LINES + 1)}},
        {"shipping": {HERE.id.hex: None}},
        {"shipping": {HERE.id.hex: []}},
        {"shipping": {HERE.id.hex: ["490", OPTION[1]]}},
        {"charges": {"c" * 32: [350]}},
        {"charges": {"c" * 31: [350, "CUSTOM"]}},
        {"groups": {"b" * 33: "x"}},
    ],
)
def test_what_a_summary_cannot_say_is_not_read(forged):
    assert read_summary_token(summary_token({**SOUND, **forged})) is None


def test_facts_nested_beyond_measure_are_not_read():
    nested = "[" * 100_000 + "]" * 100_000

    assert read_summary_token(urlsafe_b64encode(zlib.compress(nested.encode())).decode()) is None


def compared(**changes):
    return differences(SOUND, facts_of(checkout(**changes)))


GROUP = HERE.id


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"email": "grace@example.com"}, [D.BUYER]),
        ({"phone": "+4930123456"}, [D.BUYER]),
        ({"billing_address": AUSTRIA}, [D.BUYER]),
        ({"payment_instructions": (replace(CARD, amount=1_680),)}, [D.PAYMENT]),
        ({"terms": "3"}, [D.TERMS]),
        ({"currency": "USD"}, [D.CURRENCY]),
    ],
)
def test_personal_facts_are_compared_but_not_told(changes, kinds):
    assert compared(**changes) == tuple(Difference(kind=kind) for kind in kinds)


def test_what_costs_more_is_told_with_both_amounts():
    tax = SOUND["tax"]
    two = facts_of(checkout(line(ONE, quantity=2, seen=1_190)))

    assert differences(SOUND, two) == (
        Difference(kind=D.QUANTITY, subject=ONE, before=1, after=2),
        Difference(kind=D.LINE_TOTAL, subject=ONE, before=1_190, after=2_380),
        Difference(kind=D.DESTINATION, subject=GROUP),
        Difference(kind=D.TAX, before=tax, after=two["tax"]),
        Difference(kind=D.TOTAL, before=1_680, after=2_870),
    )
    assert two["tax"] > tax


def test_lines_that_came_or_went_are_told():
    other = differences(SOUND, facts_of(checkout(line(TWO, MUG, seen=1_190))))

    assert other[:2] == (
        Difference(kind=D.LINE_REMOVED, subject=ONE),
        Difference(kind=D.LINE_ADDED, subject=TWO),
    )


def test_shipping_that_is_no_longer_offered_is_told_without_a_price():
    assert compared(ship_groups=(to(GERMANY),))[0] == Difference(kind=D.SHIPPING, subject=GROUP, before=490, after=None)


def test_what_staff_changed_is_among_what_the_buyer_is_shown():
    changes = (
        adjusted.price(ONE, 1_000),
        adjusted.charge(GROUP, 0, id=2),
        adjusted.added(300, id=3),
        adjusted.deduction(100, id=4),
    )

    assert compared(adjustments=changes) == (
        Difference(kind=D.UNIT_PRICE, subject=ONE, before=1_190, after=1_000),
        Difference(kind=D.LINE_TOTAL, subject=ONE, before=1_190, after=900),
        Difference(kind=D.SHIPPING, subject=GROUP, before=490, after=0),
        Difference(kind=D.CHARGE, subject=UUID(int=3), before=None, after=300),
        Difference(kind=D.DISCOUNT, before=0, after=100),
        Difference(kind=D.TAX, before=268, after=144),
        Difference(kind=D.TOTAL, before=1_680, after=1_200),
    )


def test_more_than_the_lines_cost_is_not_taken_off():
    whole, more = (checkout(adjustments=(adjusted.deduction(amount),)) for amount in (1_190, 1_191))

    assert missing(whole) == ()
    assert missing(more) == (Missing(requirement=R.DEDUCTIONS),)
    assert more.priced.totals.total == whole.priced.totals.total == 490


@pytest.mark.parametrize(
    ("policy", "available", "waiting"),
    [
        (StockPolicy.DENY, 0, 0),
        (StockPolicy.BACKORDER, 5, 0),
        (StockPolicy.BACKORDER, 1, 2),
        (StockPolicy.BACKORDER, -4, 3),
    ],
)
def test_units_to_wait_for_are_among_what_the_buyer_was_shown(policy, available, waiting):
    stocked = variant(KETTLE, availability=Availability(policy=policy, available=available), weight=1)

    facts = facts_of(checkout(line(ONE, quantity=3, seen=1_190), facts=market(stocked)))

    assert facts["lines"][ONE.hex][3] == waiting


def test_a_line_that_is_not_sold_any_more_has_no_price_among_the_facts():
    gone = compared(facts=market(variant(KETTLE, on_sale=False)))

    assert Difference(kind=D.UNIT_PRICE, subject=ONE, before=1_190, after=None) in gone


def test_each_instruction_must_be_one_that_can_be_carried_out():
    offered = replace(checkout(payment_instructions=(INVOICE,)), offers=(*CARDS_ONLY, BY_INVOICE))
    apart = replace(CARD, amount=1_000), INVOICE

    def of_payment(*instructions, known=None):
        asked = replace(offered, priced=checkout(payment_instructions=instructions).priced)
        return missing(replace(asked, cards=known) if known is not None else asked)

    too_much = Missing(requirement=R.PAYMENT_METHOD, instruction=0, obstacle=PaymentObstacle.TOO_MUCH)
    assert missing(checkout(payment_instructions=(INVOICE,))) == (
        replace(too_much, obstacle=PaymentObstacle.NOT_OFFERED),
    )
    assert missing(offered) == (too_much,)
    assert of_payment(*apart) == ()
    assert of_payment(*apart, known={}) == (BAD_CARD,)
    assert of_payment(replace(CARD, amount=1_680), INVOICE) == (), "what pays nothing needs nothing"
    assert of_payment(replace(INVOICE, method="BARTER", amount=1)) == (
        of_buyer(R.PAYMENT_AMOUNTS),
        replace(too_much, obstacle=PaymentObstacle.NOT_OFFERED),
    )


def test_what_this_shop_asks_for_is_missing_until_it_is_said():
    asked = {"required_in": frozenset({HERE_IN})}
    fields = (a_field("cost_center", **asked), a_field("engraving", FieldOwner.ORDER_LINE, **asked))
    cart = checkout(po_number_required=True, fields=fields)
    told = Particulars(po_number="PO-7", fields={"cost_center": "K7"})
    said = checkout(
        line(ONE, seen=1_190, fields={"engraving": "Ada"}), particulars=told, po_number_required=True, fields=fields
    )

    assert missing(cart) == (
        Missing(requirement=R.BUYER_PO_NUMBER),
        Missing(requirement=R.FIELD, field="cost_center"),
        Missing(requirement=R.FIELD, line_id=ONE, field="engraving"),
    )
    assert missing(said) == ()
    assert differences(facts_of(cart), facts_of(said)) == (Difference(kind=D.DETAILS),)


def test_of_an_edited_order_only_what_makes_a_version_can_be_missing():
    fields = tuple(a_field(code, required_in=frozenset({HERE_IN}), commercial=code == "b") for code in ("a", "b"))

    assert missing(checkout(purpose=Purpose.ORDER_EDIT, fields=fields)) == (Missing(requirement=R.FIELD, field="b"),)
