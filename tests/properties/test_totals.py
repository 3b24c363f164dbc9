"""Parts always add up (D6): whatever the prices, rates, quantities, discounts, currencies and ways of rounding."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.channel import CrossBorder, RoundingLevel
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.money import Rounding, decimal_of
from commerce_api.domain.tax import TaxPolicy
from commerce_api.domain.totals import ChargeKind, ChargeToTotal, Discount, LineToTotal, Portion, add_up
from tests.domain.rates import rate

percents = st.decimals(min_value=0, max_value=300, places=4)
rates = st.lists(st.builds(rate, percents, st.sampled_from(["State", "County", "City"])), max_size=3).map(tuple)
policies = st.builds(
    TaxPolicy,
    prices_include_tax=st.booleans(),
    rounding=st.sampled_from(Rounding),
    level=st.sampled_from(RoundingLevel),
    cross_border=st.sampled_from(CrossBorder),
)
currencies = st.sampled_from(["JPY", "EUR", "KWD"])
charges = st.builds(
    ChargeToTotal,
    kind=st.sampled_from(ChargeKind),
    name=st.just("Something"),
    amount=st.integers(0, 100_000),
    rates=rates,
)


@st.composite
def lines(draw):
    price = draw(st.integers(0, 10_000_000))
    portions = draw(
        st.lists(
            st.builds(Portion, quantity=st.integers(1, 1_000), rates=rates),
            min_size=1,
            max_size=3,
        )
    )
    left = sum(portion.quantity * price for portion in portions)
    discounts = []
    for name in draw(st.lists(st.sampled_from(["Sale", "Coupon", "Loyalty"]), max_size=3)):
        amount = draw(st.integers(0, left))
        left -= amount
        discounts.append(Discount(name=name, amount=amount))
    return LineToTotal(
        id=UUID(int=draw(st.integers(0, 2**128 - 1))),
        unit_price=price,
        portions=tuple(portions),
        discounts=tuple(discounts),
    )


documents = st.tuples(st.lists(lines(), max_size=4), st.lists(charges, max_size=3), policies)


@given(documents, currencies)
def test_the_total_is_the_sum_of_what_is_shown(document, currency):
    some_lines, some_charges, policy = document
    totals = add_up(some_lines, some_charges, policy)

    def shown(minor):
        return decimal_of(minor, DIGITS[currency])

    tax = 0 if policy.prices_include_tax else totals.tax_total
    parts = [totals.subtotal, -totals.discount_total, totals.shipping_total, totals.charge_total, tax]
    assert sum(map(shown, parts)) == shown(totals.total)


@given(documents)
def test_lines_and_charges_add_up_to_the_totals(document):
    totals = add_up(*document)

    parts = [*totals.lines, *totals.charges]
    assert sum(part.total for part in parts) == totals.total
    assert sum(part.tax for part in parts) == totals.tax_total == sum(tax.amount for tax in totals.taxes)
    assert sum(line.discount for line in totals.lines) == totals.discount_total
    assert sum(discount.amount for discount in totals.discounts) == totals.discount_total
    for part in parts:
        assert part.net + part.tax == part.total
        assert sum(tax.amount for tax in part.taxes) == part.tax


@given(documents)
def test_nothing_is_ever_negative(document):
    totals = add_up(*document)

    for part in (*totals.lines, *totals.charges):
        assert min(part.net, part.tax, part.total, 0) == 0
        assert all(tax.amount >= 0 for tax in part.taxes)


@given(documents)
def test_the_price_shown_times_the_quantity_is_the_line(document):
    for line in add_up(*document).lines:
        assert line.unit_price * line.quantity == line.subtotal
        assert line.subtotal - line.discount == (line.total if document[2].prices_include_tax else line.net)
