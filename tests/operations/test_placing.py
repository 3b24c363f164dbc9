from datetime import datetime, timedelta

import pytest

from commerce_api.domain.checkout import (
    Difference,
    DifferenceKind,
    Missing,
    ReadinessIncomplete,
    Requirement,
    SummaryChanged,
    SummaryTokenInvalid,
)
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.order import OrderState
from commerce_api.domain.stock import InsufficientStock
from commerce_api.persistence.idempotency import IdempotencyKeyReused
from tests import given
from tests.buying import Shop, rows


@pytest.fixture
async def shop(database):
    return await Shop.open(database)


async def nothing_was_placed(database):
    assert await rows(database, "SELECT count(*) FROM orders") == [(0,)]
    assert await rows(database, "SELECT count(*) FROM outbox WHERE topic <> 'mail'") == [(0,)]
    assert await rows(database, "SELECT sum(allocated) FROM stock_levels") == [(0,)]
    assert await rows(database, "SELECT DISTINCT state FROM carts") == [("ACTIVE",)]


async def test_a_cart_becomes_an_order_with_all_that_follows(shop, database, clock):
    kettle = await shop.product("Kettle", price=1990, stock=5)
    cart = await shop.cart((kettle, 2))

    order = await shop.place(clock, cart)

    assert (order.state, order.total, order.number[:1]) == (OrderState.PENDING, 2 * 1990 + 490, "E")
    assert await rows(database, "SELECT state, subtotal, shipping_total, tax_total, total, version FROM orders") == [
        ("PENDING", 3980, 490, 713, 4470, 1)
    ]
    assert await rows(
        database, "SELECT name, quantity, unit_price, total, allocated, backordered FROM order_lines"
    ) == [("Kettle", 2, 1990, 3980, 2, 0)]
    assert await rows(database, "SELECT on_hand, allocated FROM stock_levels") == [(5, 2)]
    assert await rows(database, "SELECT quantity, source FROM allocations") == [(2, "ON_HAND")]
    assert await rows(database, "SELECT kind, status, amount FROM payment_transactions") == [
        ("AUTHORIZE", "REQUESTED", 4470)
    ]
    assert await rows(database, "SELECT state FROM carts") == [("ORDERED",)]
    assert await rows(database, "SELECT entity, type FROM events ORDER BY position") == [
        ("CART", "CartClosed"),
        ("ORDER", "OrderPlaced"),
    ]
    assert await rows(database, "SELECT topic, payload->>'kind' FROM outbox ORDER BY id") == [
        ("payments.advance", None),
        ("payments.timeout", None),
        ("mail", "ORDER_CONFIRMATION"),
    ]
    ((snapshot,),) = await rows(database, "SELECT snapshot FROM order_versions")
    assert snapshot["order"]["number"] == order.number
    assert [line["name"] for line in snapshot["lines"]] == ["Kettle"]


async def test_placing_costs_so_many_statements(shop, clock, statements):
    cart = await shop.cart((await shop.product(), 1), (await shop.product("Tea"), 1))
    seen = await shop.summary_token(clock, *cart)
    statements.clear()

    await shop.place(clock, cart, seen=seen)

    assert len(statements) == 7


async def test_the_same_cart_is_one_order_whatever_the_key(shop, database, clock):
    cart = await shop.cart((await shop.product(), 1))
    seen = await shop.summary_token(clock, *cart)

    first = await shop.place(clock, cart, key="a", seen=seen)
    again = await shop.place(clock, cart, key="a", seen=seen)
    other = await shop.place(clock, cart, key="b", seen=seen)

    assert first.id == again.id == other.id
    assert await rows(database, "SELECT count(*) FROM orders") == [(1,)]


async def test_a_key_is_for_one_request(shop, clock):
    cart = await shop.cart((await shop.product(), 1))
    await shop.place(clock, cart, key="a")

    assert await shop.place(clock, cart, key="a", seen="other") == refuse(
        IdempotencyKeyReused(path=("idempotencyKey",))
    )


async def test_somebody_elses_cart_is_not_found(shop, database, clock):
    (cart_id, _), (_, foreign) = await shop.cart((await shop.product(), 1)), await shop.cart()

    assert await shop.place(clock, (cart_id, foreign), seen="x") == refuse(NotFound(path=("cartId",)))
    await nothing_was_placed(database)


async def test_everything_that_is_missing_is_told_at_once(shop, database, clock):
    cart_id, token = await shop.cart(
        (await shop.product(), 1), cards=(), amounts=(), email="", billing_address=None, terms_version=None
    )
    async with database.connection() as connection:
        await connection.raw.execute("UPDATE cart_ship_groups SET address = NULL")

    assert await shop.place(clock, (cart_id, token)) == refuse(
        ReadinessIncomplete(
            missing=(
                Missing(requirement=Requirement.SHIPPING_ADDRESS, ship_group_id=cart_id),
                Missing(requirement=Requirement.EMAIL_OR_PHONE),
                Missing(requirement=Requirement.BILLING_ADDRESS),
                Missing(requirement=Requirement.PAYMENT),
                Missing(requirement=Requirement.TERMS),
            ),
        )
    )
    await nothing_was_placed(database)


async def test_stock_that_is_short_is_told_with_all_else_that_is_missing(shop, clock):
    kettle = await shop.product(stock=1)
    cart_id, token = await shop.cart((kettle, 2), terms_version=None)

    refused = await shop.place(clock, (cart_id, token))

    [incomplete] = refused.reasons
    assert [each.requirement for each in incomplete.missing] == [Requirement.STOCK, Requirement.TERMS]


async def test_of_an_empty_cart_all_is_told_that_is_missing(shop, clock):
    refused = await shop.place(clock, await shop.cart(cards=(), amounts=(), terms_version=None))

    [incomplete] = refused.reasons
    assert [each.requirement for each in incomplete.missing] == [Requirement.LINES, Requirement.TERMS]


async def test_terms_can_be_accepted_with_the_order(shop, clock):
    cart = await shop.cart((await shop.product(), 1), terms_version=None)

    order = await shop.place(clock, cart, accepted_terms_version="2026-01")

    assert order.state is OrderState.PENDING


async def test_a_price_that_rose_since_is_told_and_nothing_is_placed(shop, database, clock):
    kettle = await shop.product(price=1990)
    cart = await shop.cart((kettle, 2))
    seen = await shop.summary_token(clock, *cart)
    async with database.connection() as connection:
        await connection.raw.execute("UPDATE prices SET amount = 2090")
    now = await shop.summary_token(clock, *cart)
    ((line_id,),) = await rows(database, "SELECT id FROM cart_lines")

    assert await shop.place(clock, cart, seen=seen) == refuse(
        SummaryChanged(
            path=("summaryToken",),
            differences=(
                Difference(kind=DifferenceKind.UNIT_PRICE, subject=line_id, before=1990, after=2090),
                Difference(kind=DifferenceKind.LINE_TOTAL, subject=line_id, before=3980, after=4180),
                Difference(kind=DifferenceKind.TAX, before=713, after=745),
                Difference(kind=DifferenceKind.TOTAL, before=4470, after=4670),
            ),
            summary_token=now,
            currency="EUR",
        )
    )
    await nothing_was_placed(database)
    assert (await shop.place(clock, cart, seen=now)).total == 4670


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ("UPDATE tax_rates SET rate = 0.07", [DifferenceKind.TAX]),
        ("UPDATE shipping_rates SET amount = 990", [DifferenceKind.SHIPPING, DifferenceKind.TAX, DifferenceKind.TOTAL]),
        ("UPDATE carts SET email = 'b@example.com'", [DifferenceKind.BUYER]),
        (
            'UPDATE cart_ship_groups SET address = address || \'{"city": "Bonn"}\'',
            [DifferenceKind.DESTINATION],
        ),
    ],
)
async def test_whatever_else_changed_is_told_too(shop, database, clock, change, kinds):
    cart = await shop.cart((await shop.product(), 1))
    seen = await shop.summary_token(clock, *cart)
    async with database.connection() as connection:
        await connection.raw.execute(change)

    refused = await shop.place(clock, cart, seen=seen)

    assert [difference.kind for difference in refused.reasons[0].differences] == kinds
    await nothing_was_placed(database)


async def test_a_sale_that_ends_in_between_is_told(shop, database, clock):
    """Its last moment is not in it; hours before, it still counts, though at the server it is the next day already (D14)."""
    kettle = await shop.product(price=1990)
    until = datetime.fromisoformat("2026-06-18T00:00:00-05:00")
    async with database.connection() as connection:
        sale = await given.price_list(connection.raw, shop.channel_id, code="sale", priority=1, valid_until=until)
        await given.price(connection.raw, sale, kettle, 1490)
    cart, other = await shop.cart((kettle, 1)), await shop.cart((kettle, 1))
    clock.at = datetime.fromisoformat("2026-06-17T20:30:00-05:00")
    seen = await shop.summary_token(clock, *cart)
    last = await shop.place(clock, other)
    clock.at = until

    refused = await shop.place(clock, cart, seen=seen)

    assert last.total == 1490 + 490
    assert [(told.kind, told.before, told.after) for told in refused.reasons[0].differences] == [
        (DifferenceKind.UNIT_PRICE, 1490, 1990),
        (DifferenceKind.LINE_TOTAL, 1490, 1990),
        (DifferenceKind.TAX, 316, 396),
        (DifferenceKind.TOTAL, 1980, 2480),
    ]
    assert await rows(database, "SELECT count(*) FROM orders") == [(1,)]


@pytest.mark.parametrize("seen", ["x", "!!!!", "AAAA", "x" * 300_000, "eJyrVirOzFWyUqpWKlayMjIAACPzBDk"])
async def test_a_token_that_is_none_is_refused(shop, database, clock, seen):
    cart = await shop.cart((await shop.product(), 1))

    assert await shop.place(clock, cart, seen=seen) == refuse(SummaryTokenInvalid(path=("summaryToken",)))
    await nothing_was_placed(database)


async def test_more_than_there_is_cannot_be_ordered(shop, database, clock):
    kettle, tea = await shop.product(stock=3), await shop.product("Tea", stock=9)
    cart = await shop.cart((tea, 1), (kettle, 2), (kettle, 2))

    refused = await shop.place(clock, cart)

    assert refused == refuse(InsufficientStock(path=("lines", "2"), variant_id=kettle, requested=4, available=3))
    await nothing_was_placed(database)


async def test_what_may_be_backordered_is_owed(shop, database, clock):
    kettle = await shop.product(variants=[{"stock": 1, "price": 100, "stock_policy": "BACKORDER"}])
    cart = await shop.cart((kettle, 3))

    order = await shop.place(clock, cart)

    assert order.state is OrderState.PENDING
    assert await rows(database, "SELECT allocated, backordered FROM order_lines") == [(1, 2)]
    assert await rows(database, "SELECT on_hand, allocated, backordered FROM stock_levels") == [(1, 1, 2)]


async def test_an_order_that_costs_nothing_is_confirmed_at_once(shop, database, clock):
    async with database.connection() as connection:
        await connection.raw.execute("UPDATE shipping_rates SET amount = 0")
    cart = await shop.cart((await shop.product(price=0), 1), cards=(), amounts=())

    order = await shop.place(clock, cart)

    assert order.state is OrderState.CONFIRMED
    assert await rows(database, "SELECT count(*) FROM payments") == [(0,)]
    assert await rows(database, "SELECT topic FROM outbox") == [("mail",)]


async def test_several_instruments_share_what_is_due(shop, database, clock):
    cart = await shop.cart(
        (await shop.product(price=1000), 1),
        cards=("5555555555554444", "4242424242424242"),
        amounts=(500, None),
    )

    await shop.place(clock, cart)

    assert await rows(database, "SELECT position, amount FROM payments ORDER BY position") == [(0, 500), (1, 990)]


async def test_a_cart_left_for_too_long_cannot_be_placed(shop, database, clock):
    cart = await shop.cart((await shop.product(), 1))
    seen = await shop.summary_token(clock, *cart)
    clock.advance(timedelta(days=400))

    refused = await shop.place(clock, cart, seen=seen)

    assert isinstance(refused, Refused)
    assert [reason.code() for reason in refused.reasons] == ["CART_EXPIRED"]
    await nothing_was_placed(database)
