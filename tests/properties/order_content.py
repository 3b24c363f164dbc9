"""What an order consists of, on its way through edits, cancellations and splits: as the rows that are kept of it, made by the
functions that make them for the database.
"""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from commerce_api.domain import cart
from commerce_api.domain.actor import ActorKind, Author
from commerce_api.domain.address import Address
from commerce_api.domain.adjustment import AdjustmentKind, OverrideReason
from commerce_api.domain.agreement import AgreedLine, Agreement, AgreementSource, PricePolicy
from commerce_api.domain.canceling import still_deducted, totals
from commerce_api.domain.cart import MoneyFacts
from commerce_api.domain.channel import BEFORE_SETUP
from commerce_api.domain.checkout import Checkout, missing
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import PriceListId
from commerce_api.domain.limits import Limit
from commerce_api.domain.originals import originals_of
from commerce_api.domain.payment_offers import Payer
from commerce_api.domain.price_list import PriceFound
from commerce_api.domain.priced_cart import offers, price_cart
from commerce_api.domain.totals import ChargeKind, Discount
from commerce_api.operations import adjusting
from commerce_api.operations.edit_preview import NOT_OF_EDITS
from commerce_api.persistence.readers.adjustments import adjustment_of, adjustment_rows
from commerce_api.persistence.readers.order_drafts import draft_of
from commerce_api.persistence.stores import edited_orders, split_orders
from commerce_api.persistence.stores.canceled_units import content_of
from commerce_api.persistence.stores.placed_orders import SUMS, charge_row, group_row, head_row, line_row, share_rows
from tests.domain.blocks import CSR
from tests.domain.carts import BERLIN, GUEST, KETTLE, MUG, ONE, POST, TWO, AnyQuantity, a_cart, facts, group, line
from tests.domain.rates import STANDARD
from tests.domain.test_priced_cart import market, variant

LIMITS = {CSR: (Limit(percent=Decimal(10)),)}
GOODWILL = OverrideReason(
    code="GOODWILL", names={"en": "Goodwill"}, kinds=frozenset(AdjustmentKind), note_required=False
)
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


def _priced(content, prices):
    return price_cart(content, sold(prices))


def checkout_of(content, prices, at):
    return Checkout(
        priced=_priced(content, prices),
        email="ada@example.com",
        cards={},
        payer=Payer(currency="EUR"),
        terms_version="1",
        at=at,
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
    amounts = {each.id: each.amount for each in still_deducted([*map(adjustment_of, rows["adjustments"])], left)}
    of_shares = ((row, shares.get((row["ship_group_id"], row["order_line_id"]))) for row in rows["shares"])
    return split_orders.as_read(
        {
            **rows,
            "order": {**rows["order"], **{name: getattr(sums, name) for name in SUMS}},
            "lines": [{**row, **(_of_canceled(line) if line.canceled else {})} for row, line in of_lines],
            "shares": [{**row, "quantity": quantity} for row, quantity in of_shares if quantity],
            "charges": [row for row in rows["charges"] if row["id"] in kept],
            "adjustments": [
                {**row, "amount": amounts[row["id"]]} for row in rows["adjustments"] if row["id"] in amounts
            ],
        }
    )


def _of_canceled(line):
    counts = {name: getattr(line, name) for name in ("canceled", "allocated", "backordered")}
    now = {name: getattr(line.now, name) for name in AMOUNTS}
    return counts | now | {"uncanceled": {"amounts": line.whole, "fewer": line.fewer}}


def causes(ever, draft, prices):
    """What goes beyond the limit of whoever changed it, if the draft becomes the next version: `ever` are all changes before."""
    return adjusting.causes_by(_priced(draft, prices), {}, [adjustment_of(row) for row in ever])


def too_low(rows):
    """The same of prices and charges, by a definition of its own: what the CSR has made more than a tenth cheaper."""
    left = _wanted(rows)
    lines = {row["id"]: (row["original_unit_price"], row["unit_price"]) for row in rows["lines"] if row["id"] in left}
    asked = lines | {row["id"]: (row["original_amount"], row["amount"]) for row in rows["charges"]}
    for each in rows["adjustments"]:
        original, now = asked.get(each["target_id"], (0, 0))
        if each["by_id"] == CSR and 10 * now < 9 * original:
            yield str(each["id"])


def begun(rows, id, at):
    return draft_of(id, rows, CHANNEL, GUEST, at)


_WHY = st.just(GOODWILL.code)
_TO = st.builds(cart.NewAmount, amount=st.integers(0, 400))
_OFF = st.one_of(
    st.builds(cart.AmountOff, amount=st.integers(1, 200)),
    st.builds(cart.PercentOff, percent=st.sampled_from([Decimal("2.5"), Decimal(40)])),
)
_WRAPPED = {"kind": st.just(ChargeKind.GIFT_WRAP), "currency": st.just("EUR"), "reason": _WHY}


@st.composite
def changes(draw, draft):
    """Something that may be done to a draft."""
    ways = [
        st.builds(cart.SetNote, note=st.sampled_from(["", "Ring"])),
        st.builds(cart.SetShippingAddress, address=st.sampled_from([BERLIN, VIENNA])),
        st.builds(cart.AddLines, lines=st.tuples(st.builds(_one, st.sampled_from(_things(draft))))),
    ]
    groups, kinds = st.sampled_from([each.id for each in draft.ship_groups]), st.sampled_from([None, STANDARD])
    ways += [
        st.builds(cart.OverrideCharge, charge_id=groups, change=st.one_of(_TO, _OFF), reason=_WHY),
        st.builds(cart.AddCharge, amount=st.integers(1, 200), tax_class_id=kinds, **_WRAPPED),
        st.builds(cart.Deduct, off=_OFF, reason=_WHY),
    ]
    if draft.adjustments:
        any_change = st.sampled_from([each.id for each in draft.adjustments])
        ways.append(st.builds(cart.RemoveAdjustment, adjustment_id=any_change))
    if draft.lines:
        any_line = st.sampled_from([each.id for each in draft.lines])
        to = st.builds(cart.SetTo, quantity=st.integers(1, 6))
        ways.append(st.builds(cart.RemoveLines, line_ids=st.tuples(any_line)))
        ways.append(st.builds(cart.OverrideLinePrice, line_id=any_line, change=st.one_of(_TO, _OFF), reason=_WHY))
        ways += 2 * [
            st.builds(cart.UpdateLines, lines=st.tuples(st.builds(cart.UpdateLine, line_id=any_line, change=to)))
        ]
    return draw(st.one_of(ways))


def _things(draft):
    return list({agreed.variant_id for agreed in draft.lines}) or [KETTLE, MUG]


def _one(variant_id):
    return cart.AddLine(variant=variant_id, quantity=1, attributes={})


def repriced(draft, policy, *, shipping):
    """The draft with another price policy, and with shipping at what it costs today or as agreed on."""
    return replace(draft, agreement=replace(draft.agreement, price_policy=policy, recalculate_shipping=shipping))


def changed(draft, command, prices, at, new_ids, by):
    """The events of it, and the draft afterwards, by the rules that all carts have; or why not. `by` has changed money within
    the limits of theirs or, knowingly, beyond.
    """
    money = MoneyFacts(
        originals=originals_of(_priced(draft, prices), {}),
        limits=LIMITS.get(by, ()),
        reason=GOODWILL,
        acknowledged=frozenset({cart.BelowOverrideLimit.code()}),
    )
    there = next(iter(draft.ship_groups), None)
    known = facts(
        at=at,
        author=Author(kind=ActorKind.STAFF, id=by),
        money=money,
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


def check_kept(before, after, draft, prices):
    """D12: who edits an order does not change the prices of what was in it but by saying so, and who leaves what is bought,
    where it goes and what was agreed on alone changes nothing of what it costs.
    """
    if _places(before) != _places(after):
        return
    old, had, wants = {row["id"]: row for row in before["lines"]}, _wanted(before), _wanted(after)
    asked = {each.target_id: each.amount for each in draft.adjustments if each.kind is AdjustmentKind.LINE_PRICE}
    policy, at_home = draft.agreement.price_policy, set(_places(after).values()) == {"DE"}
    for id_ in wants:
        row = next(row for row in after["lines"] if row["id"] == id_)
        assert row["unit_price"] == asked.get(id_, row["original_unit_price"])
        same = policy is PricePolicy.REPRICE_CHANGED and had.get(id_) == wants[id_]
        if id_ in had and (policy is PricePolicy.KEEP or same):
            assert row["original_unit_price"] == old[id_]["original_unit_price"]
        elif at_home:
            assert row["original_unit_price"] == prices[row["variant_id"]]
    as_agreed = policy is PricePolicy.KEEP and not draft.agreement.recalculate_shipping
    same_adjustments = draft.adjustments == tuple(map(adjustment_of, before["adjustments"]))
    if had == wants and as_agreed and same_adjustments:
        assert before["order"]["total"] == after["order"]["total"]


def _places(rows):
    return {row["id"]: row["address"]["country"] for row in rows["groups"]}


def _wanted(rows):
    return {row["id"]: row["quantity"] - row["canceled"] for row in rows["lines"] if row["quantity"] > row["canceled"]}


def check_parts(rows):
    """I2: whatever it went through, its parts add up to its sums, to the minor unit."""
    sums, head = totals(content_of(rows)), rows["order"]
    assert {name: getattr(sums, name) for name in SUMS} == {name: head[name] for name in SUMS}
