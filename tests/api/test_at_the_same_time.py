"""Requests that meet: what is asked for twice at once is done as if one had come after the other."""

import asyncio

import pytest

from commerce_api.adapters.ids import new_secret
from commerce_api.domain.permissions import Permission
from commerce_api.schema.node import global_id
from tests import given
from tests.api.carts import shopper
from tests.api.mails import deliver
from tests.api.test_cart_merging import MERGE, held, mine
from tests.api.test_registration import ACCEPTED, register, verify
from tests.api.test_stock import adjust


@pytest.fixture
async def raw(committing):
    async with committing.connection() as connection:
        yield connection.raw


@pytest.fixture
async def channel_id(raw):
    return await given.channel(raw)


@pytest.fixture
async def place(raw, channel_id):
    """Ids of a variant with five units and of where they lie."""
    kettle = await given.a_product(raw, "Kettle", variants=[{"sku": "KETTLE", "stock": 5}])
    location_id = await given.location(raw, channel_id)
    return {"variantId": global_id("var", kettle.variant.id), "locationId": global_id("loc", location_id)}


@pytest.fixture
def clerk(committing_api):
    return committing_api.allowed(Permission.ADJUST_STOCK, Permission.READ_STOCK)


async def on_the_shelf(raw):
    """The count, and what the ledger says that came and went."""
    moved = await raw.fetchval("SELECT coalesce(sum(delta), 0) FROM stock_movements")
    return await raw.fetchval("SELECT on_hand FROM stock_levels"), moved


async def test_of_one_address_one_account_is_made_and_each_asks_for_a_mail(
    committing_api, committing, raw, channel_id, clock
):
    passwords = [new_secret() for _ in range(2)]

    answers = await asyncio.gather(*(register(committing_api, password=password) for password in passwords))
    mails = await deliver(committing, raw, clock)

    assert answers == [ACCEPTED] * 2
    made = {
        table: await raw.fetchval(f"SELECT count(*) FROM {table}") for table in ("customers", "addresses", "consents")
    }
    assert made == {"customers": 1, "addresses": 1, "consents": 2}
    assert [(mail["kind"], mail["recipient"]) for mail in mails] == [("VERIFY_EMAIL", "ada@example.com")] * 2
    tried = [await verify(committing_api, mail["token"], password) for mail in mails for password in passwords]
    assert len([one for one in tried if one["session"]]) == 1


async def test_what_comes_and_goes_at_once_is_counted_exactly(clerk, place, raw):
    changes = [3, -1] * 10

    answers = await asyncio.gather(
        *(adjust(clerk, {**place, "delta": delta}, key=f"d-{number}") for number, delta in enumerate(changes))
    )

    assert [answer["errors"] for answer in answers] == [[]] * 20
    assert await on_the_shelf(raw) == (5 + sum(changes), sum(changes))


async def test_no_more_goes_than_is_there(clerk, place, raw):
    answers = await asyncio.gather(*(adjust(clerk, {**place, "delta": -1}, key=f"d-{n}") for n in range(12)))

    codes = [error["code"] for answer in answers for error in answer["errors"]]
    assert codes == ["STOCK_BELOW_ZERO"] * 7
    assert await on_the_shelf(raw) == (0, -5)


async def test_of_two_counts_of_the_same_units_one_holds(clerk, place, raw):
    counts = ({**place, "count": {"onHand": on_hand, "expected": 5}} for on_hand in (7, 9))

    answers = await asyncio.gather(*(adjust(clerk, count, key=f"c-{n}") for n, count in enumerate(counts)))

    [refused] = [answer["errors"] for answer in answers if answer["errors"]]
    [[level]] = [answer["levels"] for answer in answers if answer["levels"]]
    assert refused == [{"code": "STOCK_CHANGED", "path": ["adjustments", "0"], "current": level["onHand"]}]
    assert await on_the_shelf(raw) == (level["onHand"], level["onHand"] - 5)


async def test_the_same_delivery_sent_twice_at_once_is_counted_once(clerk, place, raw):
    answers = await asyncio.gather(*(adjust(clerk, {**place, "delta": 3}) for _ in range(6)))

    told = [(tuple(level["onHand"] for level in a["levels"]), [e["code"] for e in a["errors"]]) for a in answers]
    assert ((8,), []) in told
    assert [one for one in told if one not in (((8,), []), ((), ["IDEMPOTENCY_IN_PROGRESS"]))] == []
    assert await on_the_shelf(raw) == (8, 3)


async def test_a_guests_cart_is_merged_once(committing_api, place, raw, channel_id):
    ada = await given.customer(raw, channel_id=channel_id)
    customer = committing_api.as_(await given.customer_token(raw, ada))
    guest = await shopper(committing_api, {"sku": "KETTLE", "quantity": 1})
    await shopper(customer, {"sku": "KETTLE", "quantity": 2})
    both = customer.with_headers(x_cart_token=guest.token)

    answers = await asyncio.gather(*(both.shop(MERGE, input={"strategy": "SUM"}) for _ in range(4)))

    merged = [answer["mergeCarts"] for answer in answers]
    assert [held(one["cart"]) for one in merged] == [{"KETTLE": 3}] * 4
    assert sorted(len(one["warnings"]) for one in merged) == [0, 1, 1, 1]
    assert await mine(customer) == {"ACTIVE": {"KETTLE": 3}}


async def test_no_change_of_a_cart_is_lost(committing_api, place, raw):
    """They look without a lock; whoever was overtaken does it once more."""
    guest = await shopper(committing_api, {"sku": "KETTLE", "quantity": 1})
    notes = (guest.do("setCartNote", "SetCartNoteInput", note=f"n{n}") for n in range(6))

    answers = await asyncio.gather(*notes, *(guest.add({"sku": "KETTLE", "quantity": 1}) for _ in range(6)))

    assert [answer["errors"] for answer in answers] == [[]] * 12
    assert sorted(answer["cart"]["revision"] for answer in answers) == list(range(2, 14))
    assert (await guest.read())["totalQuantity"] == 7
    written = "SELECT array_agg(sequence ORDER BY sequence) FROM events WHERE entity = 'CART'"
    assert await raw.fetchval(written) == list(range(1, 15))


async def test_of_changes_of_one_revision_one_happens(committing_api, place):
    guest = await shopper(committing_api, {"sku": "KETTLE", "quantity": 1})

    answers = await asyncio.gather(*(guest.add({"sku": "KETTLE", "quantity": 1}, expectedRevision=1) for _ in range(5)))

    codes = [error["code"] for answer in answers for error in answer["errors"]]
    assert codes == ["STALE_REVISION"] * 4
    assert (await guest.read())["totalQuantity"] == 2
