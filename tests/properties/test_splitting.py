"""Splitting orders to the last cent, whatever they are (D6, I2)."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from commerce_api.domain.canceling import LineAmounts, OrderedCharge, OrderedContent, OrderedLine, totals, without
from commerce_api.domain.channel import RoundingLevel
from commerce_api.domain.decision import Refused
from commerce_api.domain.money import Rounding
from commerce_api.domain.splitting import divide
from commerce_api.domain.tax import Rate, TaxPolicy
from commerce_api.domain.totals import ChargeKind, ChargeToTotal, Discount, LineToTotal, Portion, add_up
from tests.domain.orders import id_
from tests.domain.test_canceling import HOME, OFFICE, units

VAT, LUXURY = Rate(name="VAT", rate=Decimal("0.19")), Rate(name="Luxury", rate=Decimal("0.05"))
MONEY = st.integers(0, 5_000)
RATES = st.lists(st.sampled_from([VAT, LUXURY, Rate(name="City", rate=Decimal("0.0825"))]), max_size=2, unique=True)


@st.composite
def priced_orders(draw):
    """As they are placed, by the one place that adds up."""
    inclusive, mode = draw(st.booleans()), draw(st.sampled_from(Rounding))
    policy = TaxPolicy(prices_include_tax=inclusive, rounding=mode, level=draw(st.sampled_from(RoundingLevel)))
    to_total, shares = [], {HOME: {}, OFFICE: {}}
    for number in range(1, draw(st.integers(1, 3)) + 1):
        price, parts = draw(MONEY), draw(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(any))
        portions = []
        for group, many in zip(shares, parts, strict=True):
            if many:
                shares[group][id_(number)] = Portion(quantity=many, rates=tuple(draw(RATES)))
                portions.append(shares[group][id_(number)])
        cost = price * sum(parts)
        discounts = tuple(
            Discount(name=name, amount=draw(st.integers(0, cost // 2)))
            for name in draw(st.sampled_from([(), ("A", "B")]))
        )
        to_total.append(LineToTotal(id=id_(number), unit_price=price, portions=tuple(portions), discounts=discounts))
    extra = ChargeToTotal(id=id_(92), kind=ChargeKind.HANDLING, name="H", amount=draw(MONEY), rates=tuple(draw(RATES)))
    shipping = [
        ChargeToTotal(
            id=group,
            kind=ChargeKind.SHIPPING,
            name="Post",
            amount=draw(MONEY),
            rates=tuple(draw(RATES)),
            ship_group_id=group,
        )
        for group, held in shares.items()
        if held
    ]
    summed = add_up(to_total, [*shipping, extra], policy)
    made = OrderedContent(
        lines=tuple(_ordered(each, draw) for each in summed.lines),
        shares=shares,
        charges=tuple(
            OrderedCharge(
                id=each.id,
                kind=each.kind,
                amount=each.amount,
                tax=each.tax,
                ship_group_id=each.ship_group_id,
                original=each.original_amount,
                taxes=each.taxes,
            )
            for each in summed.charges
        ),
        policy=policy,
    )
    assert totals(made).total == summed.total
    gone = [(number, draw(st.integers(0, each.quantity))) for number, each in enumerate(made.lines, 1)]
    return made, [each for each in gone if each[1]]


def _ordered(of, draw):
    owed = draw(st.integers(0, of.quantity))
    names = ("subtotal", "discount", "tax", "total", "taxes", "discounts")
    now = LineAmounts(**{name: getattr(of, name) for name in names})
    return OrderedLine(
        id=of.id,
        unit_price=of.unit_price,
        quantity=of.quantity,
        canceled=0,
        allocated=of.quantity - owed,
        backordered=owed,
        now=now,
        whole=now,
    )


def taxes_of(of):
    sums = {}
    for part in (*of.lines, *of.charges):
        for tax in part.now.taxes if isinstance(part, OrderedLine) else part.taxes:
            base, amount = sums.get((tax.name, tax.rate), (0, 0))
            sums[tax.name, tax.rate] = (base + tax.base, amount + tax.amount)
    return sums


def counted(of):
    return [
        sum(getattr(each, name) for each in of.lines) for name in ("quantity", "canceled", "allocated", "backordered")
    ]


@settings(max_examples=80)
@given(priced_orders())
def test_two_parts_cost_what_the_whole_did_to_the_cent(made):
    before, gone = made
    parts = divide(before, units(*gone))
    if isinstance(parts, Refused):
        return
    both = (parts.left, parts.moved)

    for name in type(totals(before)).__dataclass_fields__:
        assert sum(getattr(totals(part), name) for part in both) == getattr(totals(before), name), name
    left, moved = map(taxes_of, both)
    for key, whole in taxes_of(before).items():
        assert tuple(map(sum, zip(left.get(key, (0, 0)), moved.get(key, (0, 0)), strict=True))) == whole
    assert [a + b for a, b in zip(*map(counted, both), strict=True)] == counted(before)
    for part in both:
        assert any(each.open for each in part.lines)
        for each in part.lines:
            now, added = each.now, 0 if before.policy.prices_include_tax else each.now.tax
            assert 0 <= now.discount <= now.subtotal
            assert now.total == now.subtotal - now.discount + added
            assert now.tax == sum(tax.amount for tax in now.taxes)
            assert now.discount == sum(discount.amount for discount in now.discounts)
            assert sum(held[each.id].quantity for held in part.shares.values() if each.id in held) == each.open


@settings(max_examples=30)
@given(priced_orders())
def test_each_part_can_be_canceled_to_nothing(made):
    before, gone = made
    parts = divide(before, units(*gone))
    if isinstance(parts, Refused):
        return
    for part in (parts.left, parts.moved):
        open_ = [(each.id.int, each.open) for each in part.lines if each.open]
        left = without(part, units(*open_))
        assert [each.now.total for each in left.lines] == [0] * len(left.lines)
