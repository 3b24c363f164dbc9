"""Drafts of quotes and of edits: content without visibility of its own, that keeps the ids of what it comes from."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.domain.address import Address
from commerce_api.domain.agreeing import agreement_of
from commerce_api.domain.agreement import AgreementSource
from commerce_api.domain.cart import Purpose, SetNote, ShipGroup
from commerce_api.domain.decision import Done
from commerce_api.domain.ids import CartId, ShipGroupId
from commerce_api.domain.priced_cart import price_cart
from commerce_api.operations.carts import Asked, apply
from commerce_api.persistence.readers.cart_facts import market_facts
from commerce_api.persistence.readers.carts import find_carts, find_drafts
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.unit_of_work import unit_of_work
from tests.buying import Shop


@pytest.fixture
async def shop(database):
    return await Shop.open(database)


@pytest.fixture
async def cart(shop):
    kettle = await shop.product(price=1000, stock=5)
    cart_id, _ = await shop.cart((kettle, 3))
    async with shop.database.connection() as connection:
        (found,) = await find_carts(connection, [cart_id], SYSTEM)
    return found


@pytest.fixture
def work(database, clock):
    def begin():
        return unit_of_work(database, Attribution(actor=SYSTEM, at=clock(), request_id="r"), new_id)

    return begin


def draft_of(cart, **changes):
    return replace(cart, id=CartId(new_id()), purpose=Purpose.ORDER_EDIT, payment_instructions=(), **changes)


async def test_a_draft_reads_back_with_the_ids_of_what_it_comes_from(cart, work, shop):
    near, far = (ShipGroupId(UUID(int=number)) for number in (1, 2))
    line = cart.lines[0].id
    groups = (
        ShipGroup(id=near, address=Address(country="DE"), quantities={line: 1}),
        ShipGroup(id=far, address=Address(country="AT"), quantities={line: 2}),
    )
    async with work() as uow:
        channel = await channel_by_id(uow.connection, cart.channel_id)
        market = await market_facts(uow.connection, [cart], channel=channel, language="en", at=uow.by.at)
        agreement = agreement_of(price_cart(cart, market[cart.id]), AgreementSource.KEPT)
        draft = draft_of(cart, ship_groups=groups, agreement=agreement)
        await CartStore(uow).add(draft)

    async with work() as uow:
        assert await CartStore(uow).draft(draft.id) == draft
        assert await find_drafts(uow.connection, [draft.id, cart.id]) == [draft]
        assert await find_carts(uow.connection, [cart.id], SYSTEM) == [cart]


async def test_actions_change_a_draft_and_leave_alone_what_it_comes_from(cart, work):
    draft = draft_of(cart, expires_at=cart.created_at)
    async with work() as uow:
        await CartStore(uow).add(draft)

    async with work() as uow:
        done = await apply(uow, draft, [Asked(action=SetNote(note="Ring twice"))])

    assert isinstance(done, Done)
    async with work() as uow:
        (after,) = await find_drafts(uow.connection, [draft.id])
        assert (after.note, after.revision) == ("Ring twice", 2)
        assert not after.expired(after.expires_at + timedelta(days=400))
        assert await find_carts(uow.connection, [cart.id], SYSTEM) == [cart]


async def test_a_cart_is_no_draft_and_a_draft_is_no_cart(cart, work):
    draft = draft_of(cart)
    async with work() as uow:
        await CartStore(uow).add(draft)
        assert await CartStore(uow).draft(cart.id) is None
        assert await CartStore(uow).get(draft.id) is None
