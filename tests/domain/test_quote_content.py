from dataclasses import replace

import pytest

from commerce_api.domain.address import Address
from commerce_api.domain.checkout import Missing, Requirement
from commerce_api.domain.originals import let_go, originals_of
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.quote.content import content_hash, frozen, lacking
from tests.domain.adjusted import added, charge, deduction, price
from tests.domain.carts import KETTLE, ONE, PALLET, POST, TWO, a_cart, line
from tests.domain.test_priced_cart import market, to, variant

GERMANY = Address(country="DE")
READY = a_cart(line(ONE, quantity=2), ship_groups=(to(GERMANY, shipping_method_id=POST, instructions="Ring"),))
KETTLES = market(variant(KETTLE, sku="K", title="Kettle", options=(("Size", "L"),)))
PRICED = price_cart(READY, KETTLES)


def test_all_that_is_promised_is_written_down():
    content = frozen(PRICED)

    (kettle,), (group,) = content.lines, content.groups
    assert (kettle.sku, kettle.name, kettle.options, kettle.quantity) == ("K", "Kettle", (("Size", "L"),), 2)
    assert (group.address, group.method_id, group.method_code, group.instructions) == (GERMANY, POST, "post", "Ring")
    assert group.quantities == ((ONE, 2),)
    assert content.totals == PRICED.totals
    assert (content.currency, content.policy, content.estimated) == ("EUR", PRICED.policy, False)


def test_what_is_not_known_yet_is_left_open():
    content = frozen(price_cart(a_cart(line(ONE, PALLET)), market()))

    assert (content.lines[0].name, content.groups[0].method_code, content.estimated) == ("", "", True)


@pytest.mark.parametrize(
    ("other", "parts"),
    [
        (PRICED, ("Grace",)),
        (price_cart(a_cart(*READY.lines), market()), ("Ada",)),
        (price_cart(a_cart(line(ONE, quantity=3), ship_groups=READY.ship_groups), market()), ("Ada",)),
        (price_cart(replace(READY, adjustments=(price(ONE, 1_190, reason="OTHER"),)), KETTLES), ("Ada",)),
    ],
)
def test_everything_that_is_different_changes_the_hash(other, parts):
    assert content_hash(frozen(PRICED), "Ada") == content_hash(frozen(PRICED), "Ada")
    assert content_hash(frozen(other), *parts) != content_hash(frozen(PRICED), "Ada")


def test_nothing_and_what_is_not_sold_cannot_be_promised():
    assert list(lacking(PRICED)) == []
    assert list(lacking(price_cart(a_cart(), market()))) == [Missing(requirement=Requirement.LINES)]
    assert list(lacking(price_cart(a_cart(line(ONE), line(TWO, PALLET)), market()))) == [
        Missing(requirement=Requirement.LINE_ON_SALE, line_id=TWO)
    ]


def test_a_limit_is_about_all_that_staff_let_go():
    """Two kettles of 1,190 and 490 for shipping; each for 700, free shipping, 100 off, and 50 for wrapping."""
    (group,) = READY.ship_groups
    changes = (price(ONE, 700, id=1), charge(group.id, 0, id=2), deduction(100, id=3), added(50, id=4))
    changed = price_cart(replace(READY, adjustments=changes), market(variant(KETTLE)))

    def asked_and_offered(priced):
        found = list(let_go(priced, originals_of(priced, {})))
        return [(each.original, each.new) for each in found]

    assert asked_and_offered(PRICED) == [(2_380, 2_380), (490, 490)]
    assert asked_and_offered(changed) == [(2_380, 1_300), (540, 50)]
