"""Either part of an order that was divided still costs what it did when it is edited, and so does one that never was (D6, D12):
whatever staff changed, wherever its goods go, and whatever taxes, prices and shipping have become meanwhile.
"""

from dataclasses import replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from commerce_api.domain.adjustment import AdjustmentKind
from commerce_api.domain.canceling import Units
from commerce_api.domain.checkout import Checkout
from commerce_api.domain.decision import Refused
from commerce_api.domain.payment_offers import Payer
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.splitting import divide
from commerce_api.persistence.readers.order_drafts import draft_of
from commerce_api.persistence.stores import split_orders
from commerce_api.persistence.stores.canceled_units import content_of
from commerce_api.persistence.stores.placed_orders import SUMS
from tests.domain.carts import GUEST, NOON
from tests.domain.orders import id_, order
from tests.properties.order_content import CHANNEL, placed_rows
from tests.properties.test_adjustments import adjusted_carts
from tests.properties.test_priced_carts import markets


def channel_of(market):
    policy = market.policy
    return replace(
        CHANNEL,
        prices_include_tax=policy.prices_include_tax,
        rounding=policy.rounding,
        rounding_level=policy.level,
        cross_border=policy.cross_border,
    )


def placed(cart, market):
    """Nothing can be taken off that nobody asks for."""
    priced = price_cart(cart, market)
    if priced.deducted_too_much:
        kept = tuple(each for each in cart.adjustments if each.kind is not AdjustmentKind.DEDUCTION)
        priced = price_cart(replace(cart, adjustments=kept), market)
    payer = Payer(currency=cart.currency)
    checkout = Checkout(priced=priced, email="ada@example.com", cards={}, payer=payer, terms_version="1", at=NOON)
    return placed_rows(order(total=priced.totals.total), checkout, channel_of(market))


def parts_of(rows, gone):
    content, ids = content_of(rows), map(id_, range(20_000, 90_000))
    units = [Units(line_id=line_id, quantity=many) for line_id, many in gone.items() if many]
    parts = divide(content, units)
    if isinstance(parts, Refused):
        return [rows]
    found = split_orders.rows_of(rows, parts, (id_(19_999), "E-2"), split_orders.new_names(rows, parts, ids))
    return [split_orders.as_read(found.left), split_orders.as_read(found.moved)]


@settings(max_examples=40)
@given(adjusted_carts(), markets(), markets(), st.data())
def test_whoever_begins_to_edit_finds_what_it_costs(cart, then, later, data):
    rows = placed(cart, then)
    gone = {row["id"]: data.draw(st.integers(0, row["quantity"])) for row in rows["lines"]}

    for part in parts_of(rows, gone):
        draft = draft_of(UUID(int=1), part, channel_of(then), GUEST, NOON)
        totals = price_cart(draft, later).totals

        assert {name: getattr(totals, name) for name in SUMS} == {name: part["order"][name] for name in SUMS}
        assert {line.id: line.total for line in totals.lines} == {row["id"]: row["total"] for row in part["lines"]}
        assert {each.id: each.tax for each in totals.charges} == {row["id"]: row["tax"] for row in part["charges"]}
