from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from commerce_api.domain.address import Address
from commerce_api.domain.agreeing import agreement_of
from commerce_api.domain.agreement import AgreementSource
from commerce_api.domain.cart import PaymentInstruction, evolved
from commerce_api.domain.decision import Refused
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.quote.content import frozen
from commerce_api.domain.quote.cutting import cut, leaving_open, narrowed, uncut
from commerce_api.domain.quote.parting import QuoteUnitsNotOpen, Share, WantedUnits, parted, whole
from commerce_api.domain.quote.promise import keeps_within
from commerce_api.domain.totals import Discount
from tests.domain import adjusted
from tests.domain.carts import FAR, MUG, NEAR, NOON, ONE, POST, TWO, a_cart, group, line
from tests.domain.test_priced_cart import METHOD, market

GERMANY = Address(country="DE")
HEAVY = replace(METHOD, rates=(replace(METHOD.rates[0], max_weight=None),))
PAID = (PaymentInstruction(id=UUID(int=9), method="CARD", card_token="t"),)


def ids():
    return (UUID(int=number) for number in range(900, 1_000))


def cart(*changed):
    """Four kettles, three of which go elsewhere than the fourth, with two mugs that were added on."""
    near = group(NEAR, {ONE: 1}, address=GERMANY, shipping_method_id=POST)
    far = group(FAR, {ONE: 3, TWO: 2}, address=GERMANY, shipping_method_id=POST)
    lines = (line(ONE, quantity=4), line(TWO, MUG, 2, parent=ONE))
    return a_cart(
        *lines, ship_groups=(near, far), adjustments=changed, payment_instructions=PAID, terms_version="2026-01"
    )


def facts():
    return market(methods=(HEAVY,))


def promised(*changed):
    draft = cart(*changed)
    quoted = price_cart(draft, facts())
    return replace(draft, agreement=agreement_of(quoted, AgreementSource.QUOTED)), quoted


def take(share, **wanted):
    lines = {"one": ONE, "two": TWO}
    return parted(share, [WantedUnits(line_id=lines[name], quantity=many) for name, many in wanted.items()])


def ordered(draft, part):
    return price_cart(cut(draft, part, ids(), NOON).cart, facts())


def test_a_part_takes_its_share_of_what_belongs_to_all():
    draft, quoted = promised(adjusted.charge(FAR, 100, id=1), adjusted.deduction(1_000, id=2), adjusted.added(50, id=3))
    everything = whole(frozen(quoted))

    part, left = take(everything, one=2)
    made = ordered(draft, part)
    rest = ordered(draft, left)

    assert (part.quantities, left.quantities) == ({ONE: 2}, {ONE: 2, TWO: 2})
    assert [charge.amount for charge in part.charges] == [490, 20, 17]
    assert [charge.amount for charge in left.charges] == [80, 33]
    assert (part.deducted(UUID(int=2)), left.deducted(UUID(int=2))) == (334, 666)
    assert made.totals.total + rest.totals.total == quoted.totals.total
    assert [each.id.int for each in made.cart.lines] == [901]
    assert made.cart.payment_instructions[0].id != PAID[0].id
    assert (made.cart.terms_version, made.cart.lines[0].parent_id) == ("2026-01", None)


def test_what_was_added_on_goes_along_or_stands_for_itself():
    draft, quoted = promised()
    everything = whole(frozen(quoted))

    both, _ = take(everything, one=1, two=2)
    alone, _ = take(everything, two=2)

    made = cut(draft, both, ids(), NOON)
    assert [made.origins[each.id] for each in made.cart.lines] == [ONE, TWO]
    assert made.cart.lines[1].parent_id == made.cart.lines[0].id
    assert [len(group.quantities) for group in made.cart.ship_groups] == [1, 1]
    assert cut(draft, alone, ids(), NOON).cart.lines[0].parent_id is None
    assert uncut(draft).origins[ONE] == ONE


def test_what_is_not_in_a_part_is_not_changed_in_it():
    changed = (adjusted.price(TWO, 900, id=1), adjusted.charge(FAR, 0, id=2), adjusted.price(ONE, 1_000, id=3))
    draft, quoted = promised(*changed)

    part, _ = take(whole(frozen(quoted)), one=1)

    assert [each.id.int for each in narrowed(draft, part).adjustments] == [3]
    assert [each.ship_group_id for each in narrowed(draft, part).agreement.shipping] == [NEAR]
    assert narrowed(replace(draft, agreement=None), part).agreement is None


def test_a_discount_of_the_catalog_is_shared_by_units():
    draft, quoted = promised()
    lines = tuple(
        replace(each, discounts=(Discount(name="Sale", amount=1_001),)) if each.id == ONE else each
        for each in quoted.totals.lines
    )
    content = replace(frozen(quoted), totals=replace(quoted.totals, lines=lines))

    first, left = take(whole(content), one=3)
    last, nothing = take(left, one=1, two=2)

    assert [share.discounts[ONE][0].amount for share in (first, last)] == [751, 250]
    assert narrowed(draft, first).agreement.lines[0].discounts == first.discounts[ONE]
    assert nothing == Share(units=(), discounts={}, charges=())


@pytest.mark.parametrize(("many", "left"), [(0, 4), (5, 4), (-1, 4)])
def test_only_what_is_open_is_taken(many, left):
    _, quoted = promised()

    refused = parted(whole(frozen(quoted)), [WantedUnits(line_id=ONE, quantity=many, path=("lines", "0"))])

    assert refused == Refused(reasons=(QuoteUnitsNotOpen(path=("lines", "0", "quantity"), open=left),))


def test_a_line_that_is_asked_for_twice_is_counted_once():
    _, quoted = promised()
    twice = [
        WantedUnits(line_id=ONE, quantity=3),
        WantedUnits(line_id=ONE, quantity=2),
        WantedUnits(line_id=None, quantity=1),
    ]

    refused = parted(whole(frozen(quoted)), twice)

    assert [reason.open for reason in refused.reasons] == [1, 0]


def test_what_gives_no_more_than_the_quote_did_needs_nobody_again():
    changed = (
        *(adjusted.price(ONE, 1_000, id=1), adjusted.charge(FAR, 100, id=2)),
        *(adjusted.deduction(500, id=3), adjusted.added(9, id=4)),
    )
    _, quoted = promised(*changed)
    dearer = replace(HEAVY, rates=(replace(HEAVY.rates[0], amount=5_000),))
    elsewhere = price_cart(cart(*changed), market(methods=(dearer,)))

    same = [keeps_within((each, quoted.totals), (each, quoted.totals)) for each in changed]
    worse = [keeps_within((each, elsewhere.totals), (each, quoted.totals)) for each in changed]

    assert (same, worse) == ([True] * 4, [True, False, True, True])


def left_in_draft(draft, share):
    return evolved(draft, leaving_open(draft, share))


def test_what_is_left_of_a_quote_is_the_draft_of_the_next_version():
    changes = (
        adjusted.charge(FAR, 100, id=1),
        adjusted.deduction(1_000, id=2),
        adjusted.deduction(0, percent=Decimal(10), id=4),
    )
    draft, quoted = cart(*changes), price_cart(cart(*changes), facts())
    taken, left = take(whole(frozen(quoted)), one=2)

    after = left_in_draft(draft, left)

    assert {line.id: (line.quantity, line.parent_id) for line in after.lines} == {ONE: (2, None), TWO: (2, ONE)}
    assert [(each.id, each.quantities) for each in after.ship_groups] == [(FAR, {})]
    amounts = {each.id.int: (each.amount, each.percent) for each in after.adjustments}
    assert amounts[4] == (changes[2].amount, changes[2].percent)
    assert amounts[2][0] + taken.deducted(UUID(int=2)) == 1_000
    assert amounts[1][0] + taken.charge(FAR).amount == 100
    assert after.payment_instructions == draft.payment_instructions


def test_an_add_on_that_is_left_alone_stands_for_itself():
    draft, quoted = promised(adjusted.price(TWO, 100, id=5), adjusted.price(ONE, 900, id=6))
    _, left = take(whole(frozen(quoted)), one=4, two=1)

    after = left_in_draft(draft, left)

    assert [(line.id, line.quantity, line.parent_id) for line in after.lines] == [(TWO, 1, None)]
    assert [each.id.int for each in after.adjustments] == [5]
