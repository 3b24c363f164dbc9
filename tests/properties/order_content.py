"""What an order consists of, on its way through edits, cancellations and splits: as the rows that are kept of it, made by the
functions that make them for the database.
"""

from dataclasses import replace
from uuid import UUID

from hypothesis import strategies as st

from commerce_api.domain import cart
from commerce_api.domain.address import Address
from commerce_api.domain.agreement import AgreedLine, Agreement, AgreementSource
from commerce_api.domain.canceling import totals
from commerce_api.domain.channel import BEFORE_SETUP
from commerce_api.domain.checkout import Checkout, missing
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import PriceListId
from commerce_api.domain.payment_offers import Payer
from commerce_api.domain.price_list import PriceFound
from commerce_api.domain.priced_cart import offers, price_cart
from commerce_api.domain.totals import Discount
from commerce_api.operations.edit_preview import NOT_OF_EDITS
from commerce_api.persistence.readers.adjustments import adjustment_rows
from commerce_api.persistence.readers.order_drafts import draft_of
from commerce_api.persistence.stores import edited_orders, split_orders
from commerce_api.persistence.stores.canceled_units import content_of
from commerce_api.persistence.stores.placed_orders import SUMS, charge_row, group_row, head_row, line_row, share_rows
from tests.domain.carts import BERLIN, GUEST, KETTLE, MUG, ONE, POST, TWO, AnyQuantity, a_cart, facts, group, line
from tests.domain.test_priced_cart import market, variant

CHANNEL = replace(BEFORE_SETUP, id=UUID(int=2), countries=("DE",), prices_include_tax=True, terms_version="1")
VIENNA = Address(country="AT", city="Vienna")
AMOUNTS = ("subtotal", "discount", "tax", "total", "taxes", "discounts")


def sold(prices, channel=CHANNEL):
    """The market of a day, by the prices of the two things that there are."""
    found = {
        id_: PriceFound(amount=amount, compare_at=None, price_list_id=PriceListId(UUID(int=1)))
        for id_, amount in prices.items()
    }
    return market(
        *(variant(id_, weight=0) for id_ in prices), prices=AnyQuantity(found), policy=_policy(channel), home=BERLIN
    )


def _policy(channel):
    return replace(market().policy, prices_include_tax=channel.prices_include_tax)


def checkout_of(content, prices, at):
    priced = price_cart(content, sold(prices))
    return Checkout(
        priced=priced, email="ada@example.com", cards={}, payer=Payer(currency="EUR"), terms_version="1", at=at
    )


def first_checkout(price, off, prices, at, channel=CHANNEL):
    """Three kettles, on which a discount was agreed, and two mugs, sent to Berlin."""
    kettles, mugs = prices
    agreed = AgreedLine(
        line_id=ONE,
        quantity=3,
        unit_price=price,
        requires_shipping=True,
        discounts=(Discount(name="Some off", amount=off),) if off else (),
        taxes=(),
    )
    agreement = Agreement(source=AgreementSource.QUOTED, policy=_policy(channel), lines=(agreed,), shipping=())
    lines = (line(ONE, kettles, 3, seen=price), line(TWO, mugs, 2, seen=price))
    home = group(a_cart().ship_groups[0].id, address=BERLIN, shipping_method_id=POST)
    content = a_cart(*lines, ship_groups=(home,), agreement=agreement, terms_version="1")
    return checkout_of(content, prices, at)


def placed_rows(order, checkout, channel=CHANNEL):
    """As `PlacedOrder` writes them, with all that was wanted allocated."""
    priced = checkout.priced
    lines = [line_row(order.id, place, each, order.currency) for place, each in enumerate(priced.lines)]
    return split_orders.as_read(
        {
            "order": head_row(checkout, order, channel, {}) | {"cart_id": None},
            "lines": [{**row, "allocated": row["quantity"]} for row in lines],
            "groups": [group_row(order.id, place, each) for place, each in enumerate(priced.groups)],
            "shares": share_rows(priced),
            "charges": [charge_row(order.id, *each) for each in enumerate(priced.totals.charges)],
            "adjustments": adjustment_rows(priced.cart.adjustments, order_id=order.id),
            "payments": [],
        }
    )


def less(rows, left):
    """The rows of an order of which no more than this is left."""
    sums, kept = totals(left), {charge.id for charge in left.charges}
    of_lines = zip(rows["lines"], left.lines, strict=True)
    shares = {(group_id, id_): each.quantity for group_id, held in left.shares.items() for id_, each in held.items()}
    of_shares = ((row, shares.get((row["ship_group_id"], row["order_line_id"]))) for row in rows["shares"])
    return split_orders.as_read(
        {
            **rows,
            "order": {**rows["order"], **{name: getattr(sums, name) for name in SUMS}},
            "lines": [{**row, **(_of_canceled(line) if line.canceled else {})} for row, line in of_lines],
            "shares": [{**row, "quantity": quantity} for row, quantity in of_shares if quantity],
            "charges": [row for row in rows["charges"] if row["id"] in kept],
        }
    )


def _of_canceled(line):
    counts = {name: getattr(line, name) for name in ("canceled", "allocated", "backordered")}
    now = {name: getattr(line.now, name) for name in AMOUNTS}
    return counts | now | {"uncanceled": {"amounts": line.whole, "fewer": line.fewer}}


def begun(rows, id, at):
    return draft_of(id, rows, CHANNEL, GUEST, at)


@st.composite
def changes(draw, draft):
    """Something that may be done to a draft."""
    ways = [
        st.builds(cart.SetNote, note=st.sampled_from(["", "Ring"])),
        st.builds(cart.SetShippingAddress, address=st.sampled_from([BERLIN, VIENNA])),
        st.builds(cart.AddLines, lines=st.tuples(st.builds(_one, st.sampled_from(_things(draft))))),
    ]
    if draft.lines:
        any_line = st.sampled_from([each.id for each in draft.lines])
        to = st.builds(cart.SetTo, quantity=st.integers(1, 6))
        ways.append(st.builds(cart.RemoveLines, line_ids=st.tuples(any_line)))
        ways += 2 * [
            st.builds(cart.UpdateLines, lines=st.tuples(st.builds(cart.UpdateLine, line_id=any_line, change=to)))
        ]
    return draw(st.one_of(ways))


def _things(draft):
    return list({agreed.variant_id for agreed in draft.lines}) or [KETTLE, MUG]


def _one(variant_id):
    return cart.AddLine(variant=variant_id, quantity=1, attributes={})


def changed(draft, command, prices, at, new_ids):
    """The events of it, and the draft afterwards, by the rules that all carts have; or why not."""
    there = next(iter(draft.ship_groups), None)
    known = facts(
        at=at,
        new_ids=new_ids,
        variants={id_: cart.Sellable(variant_id=id_, on_sale=True, rules=cart.QuantityRules()) for id_ in prices},
        prices=AnyQuantity(prices),
        shipping=offers(draft, there, sold(prices)),
    )
    decided = cart.decide(draft, command, known)
    return decided if isinstance(decided, Refused) else (decided, cart.evolved(draft, decided))


def would_be(rows, draft, prices, at):
    """What a commit makes of the rows; None if something is missing."""
    checkout = checkout_of(draft, prices, at)
    if any(one.requirement not in NOT_OF_EDITS for one in missing(checkout)):
        return None
    return split_orders.as_read(edited_orders.would_be(rows, checkout))


def check_kept(before, after):
    """D12: who edits an order does not change the prices of what was in it, and who leaves what is bought and where it goes
    alone changes nothing of what it costs.
    """
    old = {row["id"]: row for row in before["lines"]}
    same_place = _places(before) == _places(after)
    for row in after["lines"]:
        if row["id"] in old and same_place:
            assert row["unit_price"] == old[row["id"]]["unit_price"]
    if same_place and _wanted(before) == _wanted(after):
        assert before["order"]["total"] == after["order"]["total"]


def _places(rows):
    return {row["id"]: row["address"]["country"] for row in rows["groups"]}


def _wanted(rows):
    return {row["id"]: row["quantity"] - row["canceled"] for row in rows["lines"] if row["quantity"] > row["canceled"]}


def check_parts(rows):
    """I2: whatever it went through, its parts add up to its sums, to the minor unit."""
    sums, head = totals(content_of(rows)), rows["order"]
    assert {name: getattr(sums, name) for name in SUMS} == {name: head[name] for name in SUMS}
