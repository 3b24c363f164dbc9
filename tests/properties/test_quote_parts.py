"""A quote that is ordered in parts comes to exactly what was quoted, however it is divided (Q6)."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from commerce_api.domain.agreeing import agreement_of
from commerce_api.domain.agreement import AgreementSource
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.quote.content import frozen
from commerce_api.domain.quote.cutting import cut
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
    if quoted.policy.prices_include_tax:
        assert sum(each.totals.total for each in ordered) == quoted.totals.total
    assert sum(each.cart.total_quantity for each in ordered) == cart.total_quantity
    for each in ordered:
        assert each.cart.total_quantity
        assert not each.deducted_too_much
        assert min(line.total for line in each.totals.lines) >= 0
