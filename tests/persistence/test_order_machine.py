"""The machine of the pure rules, with every decision written by the stores and read again."""

import asyncio
from dataclasses import replace

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from commerce_api.adapters.ids import new_id
from commerce_api.domain import blocks as b
from commerce_api.domain.actor import SYSTEM, ActorKind, Attribution
from commerce_api.domain.order import OrderEditCommitted, OrderLinesCanceled, ShippingPolicySet
from commerce_api.persistence.sql import Database, connect_once
from commerce_api.persistence.stores import canceled_units, edited_orders, split_orders
from commerce_api.persistence.stores.blocks import BlockStore
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.order_edits import EditStore
from commerce_api.persistence.stores.order_versions import PARTS, VersionNote, commit
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.unit_of_work import unit_of_work
from tests import given
from tests.conftest import OneConnection
from tests.domain.blocks import BOSS, CSR
from tests.domain.carts import KETTLE, MUG, POST
from tests.domain.orders import id_
from tests.domain.rates import STANDARD
from tests.properties.order_content import CHANNEL
from tests.properties.order_desk_machine import REASONS, OrderDeskMachine

PRODUCT = id_(1)


class StoredOrderMachine(OrderDeskMachine):
    """Each run is a transaction that is taken back."""

    def __init__(self, runner, raw):
        super().__init__()
        self._run, self._raw = runner.run, raw
        self._database, self._transaction = Database(OneConnection(raw)), raw.transaction()
        self._run(self._transaction.start())

    def teardown(self):
        self._run(self._transaction.rollback())

    def begin(self):
        self._run(self._insert(self.order, self.rows))
        super().begin()

    def keep(self, before, after, events):
        self._run(self._save(before, after, events))

    def keep_rows(self, before, after, events):
        self._run(self._write(before, after, events))

    def keep_child(self, child, rows):
        self._run(self._insert(child, rows))

    def keep_blocks(self, events):
        self._run(self._write_blocks(events))

    def keep_edit(self, edit):
        self._run(self._write_edit(edit))

    def keep_draft(self, before, after, events):
        self._run(self._write_draft(before, after, events))

    async def _insert(self, order, rows):
        async with self._unit() as uow:
            await split_orders.write_new(uow, rows, order)
            kept = await commit(uow, order.id, VersionNote())
        assert await self._read(order.id) == order
        self._compare(kept, rows)

    async def _save(self, before, after, events):
        """What an edit is committed with is written with its rows."""
        async with self._unit() as uow:
            store, (first, *_) = OrderStore(uow), events
            if isinstance(first, OrderEditCommitted):
                await uow.events.record("ORDER", after.id, events)
                return
            if isinstance(first, ShippingPolicySet):
                assert await store.ship(before, first) == after
            else:
                await store.save(before, after, events)
        assert await self._read(after.id) == after

    async def _write(self, before, after, events):
        order_id = self.order.id
        async with self._unit() as uow:
            if any(isinstance(event, OrderLinesCanceled) for event in events):
                old, new = canceled_units.content_of(before), canceled_units.content_of(after)
                await canceled_units.save(uow, order_id, old, new)
            else:
                await edited_orders.write(uow, before, after)
            kept = await commit(uow, order_id, VersionNote()) if events else None
        assert await self._read(order_id) == self.order
        if kept:
            self._compare(kept, after)

    def _compare(self, kept, rows):
        """What the version holds is what was decided, but for payments and for when it was written."""
        read = split_orders.as_read(kept)
        for part in PARTS.keys() - {"payments"}:
            assert read[part] == rows[part], part
        own = {"updated_at", "revision", "payment_attempts", "payment_due_at", "state", "split_from_id"}
        assert {name: value for name, value in read["order"].items() if name not in own} == {
            name: value for name, value in rows["order"].items() if name not in own
        }

    async def _write_blocks(self, events):
        for event in events:
            who = None
            if isinstance(event, b.BlockAdded):
                who = event.block.placed_by
            elif isinstance(event, b.BlockResolved):
                who = event.resolved.by
            async with self._unit(who) as uow:
                await BlockStore(uow).write([event], REASONS)
        async with self._unit() as uow:
            assert await BlockStore(uow).of_order(self.order.id) == self.blocks

    async def _write_edit(self, edit):
        async with self._unit() as uow:
            await EditStore(uow).save(edit)
            found, _ = await EditStore(uow).get(edit.id)
        assert found == edit

    async def _write_draft(self, before, after, events):
        async with self._unit() as uow:
            store = CartStore(uow)
            await (store.save(before, after, events) if before else store.add(after))
            assert await store.draft(after.id) == after

    async def _read(self, id):
        async with self._unit() as uow:
            return await OrderStore(uow).get(id)

    def _unit(self, staff_id=None):
        actor = replace(SYSTEM, kind=ActorKind.STAFF, id=staff_id) if staff_id else SYSTEM
        return unit_of_work(self._database, Attribution(actor=actor, at=self.at, request_id=str(new_id())), new_id)


async def set_up(raw):
    """What the rows of the machine point at."""
    await given.channel(raw, id=CHANNEL.id)
    await given.insert(raw, given.t.tax_classes, id=STANDARD, code="standard", name="Standard")
    method = {"id": POST, "channel_id": CHANNEL.id, "code": "post", "name": "Post", "tax_class_id": STANDARD}
    await given.insert(raw, given.t.shipping_methods, **method)
    await given.a_product(raw, id=PRODUCT, variants=[{"id": KETTLE}, {"id": MUG}])
    for number, staff_id in enumerate((CSR, BOSS)):
        await given.staff(raw, id=staff_id, email=f"{number}@example.com")
    for reason in REASONS.values():
        await given.block_reason(raw, reason.code, id=reason.id)


def walk(dsn, **how):
    with asyncio.Runner() as runner:
        raw = runner.run(connect_once(dsn))
        everything = raw.transaction()
        try:
            runner.run(everything.start())
            runner.run(set_up(raw))
            run_state_machine_as_test(lambda: StoredOrderMachine(runner, raw), settings=settings(**how))
        finally:
            runner.run(everything.rollback())
            runner.run(raw.close())


def test_what_the_store_keeps_is_what_was_decided(dsn):
    walk(dsn, max_examples=15, stateful_step_count=20)
