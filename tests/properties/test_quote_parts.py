"""A quote that is ordered in parts comes to exactly what was quoted, however it is divided (Q6), but for the rounding of taxes that
are not in the prices, wherever the goods of each part go.
"""

from collections import Counter
from dataclasses import replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from commerce_api.domain.agreeing import agreement_of
from commerce_api.domain.agreement import AgreementSource
from commerce_api.domain.cart import evolved
from commerce_api.domain.channel import RoundingLevel
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.quote.content import frozen
from commerce_api.domain.quote.cutting import cut, leaving_open
from commerce_api.domain.quote.parting import Share, WantedUnits, parted, whole
from tests.domain.carts import NOON
from tests.properties.test_adjustments import adjusted_carts
from tests.properties.test_priced_carts import markets


def divided(data, left):
    """Parts of what is open, until nothing is."""
    for rounds in range(4):
        many = {id_: data.draw(st.integers(0, most)) for id_, most in sorted(left.quantities.items())}
        all_of_it = rounds == 3 or not any(many.values())
        chosen = left.quantities if all_of_it else many
        part, left = parted(left, [WantedUnits(line_id=id_, quantity=n) for id_, n in chosen.items() if n])
        yield part
        if not left.units:
            break
    assert left == Share(units=(), discounts={}, charges=())


def uuid(number):
    return UUID(int=number)


def sums(totals):
    charged = sum(charge.amount for charge in totals.charges)
    originals = sum(charge.original_amount for charge in totals.charges)
    return totals.subtotal, totals.discount_total, charged, originals


def roundings(priced):
    """How often tax is rounded, which makes a cent of difference at most: each order does that for itself, as the law wants it."""
    by_unit = priced.policy.level is RoundingLevel.UNIT
    lines = priced.cart.total_quantity if by_unit else sum(len(group.quantities) for group in priced.groups)
    return lines + sum(len(charge.taxes) for charge in priced.totals.charges)


@given(adjusted_carts(), markets(), st.data())
@settings(max_examples=30)
def test_all_parts_together_are_the_quote(cart, market, data):
    quoted = price_cart(cart, market)
    promised, ids = (
        replace(cart, agreement=agreement_of(quoted, AgreementSource.QUOTED)),
        map(uuid, range(9_000, 99_000)),
    )
    parts = divided(data, whole(frozen(quoted)))

    ordered = [price_cart(cut(promised, part, ids, NOON).cart, market) for part in parts]

    assert tuple(map(sum, zip(*(sums(each.totals) for each in ordered), strict=True))) == sums(quoted.totals)
    rounded = 0 if quoted.policy.prices_include_tax else sum(map(roundings, (quoted, *ordered)))
    assert abs(sum(each.totals.total for each in ordered) - quoted.totals.total) <= rounded
    assert sum(each.cart.total_quantity for each in ordered) == cart.total_quantity
    for each in ordered:
        assert each.cart.total_quantity
        assert not each.deducted_too_much
        assert min(line.total for line in each.totals.lines) >= 0


def units_of(parts):
    return sum((Counter(part.quantities) for part in parts), Counter())


@given(adjusted_carts(), markets(), markets(), st.data())
@settings(max_examples=30)
def test_what_is_offered_again_is_what_is_left(cart, market, later, data):
    """Whatever was ordered before a quote expired, and however the rest of it is ordered once it is issued again."""
    offer = whole(frozen(price_cart(cart, market)))
    before, after = [], []
    left = offer
    for part in divided(data, offer):
        before.append(part)
        _, left = parted(left, [WantedUnits(line_id=id_, quantity=many) for id_, many in part.quantities.items()])
        if not left.units or data.draw(st.booleans()):
            break

    draft = evolved(cart, leaving_open(cart, left))
    if left.units:
        after = list(divided(data, whole(frozen(price_cart(draft, later)))))

    assert units_of(before) + units_of(after) == Counter(offer.quantities)
    assert {line.id: line.quantity for line in draft.lines} == left.quantities
    for each in cart.adjustments:
        if each.percent is None:
            offered_again = draft.adjustment(each.id)
            amount = offered_again.amount if offered_again else 0
            assert sum(part.deducted(each.id) for part in before) + left.deducted(each.id) == offer.deducted(each.id)
            assert amount == left.deducted(each.id) or not offer.deducted(each.id)
