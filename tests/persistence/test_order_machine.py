"""The machine of the pure rules, with every decision written by the store and read again."""

import asyncio
from dataclasses import replace

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.persistence.sql import Database, connect_once
from commerce_api.persistence.stores.orders import OrderStore, payment_rows
from commerce_api.persistence.unit_of_work import unit_of_work
from tests import given
from tests.conftest import OneConnection
from tests.properties.order_machine import OrderMachine

HEAD = ("number", "state", "email", "language", "currency", "total", "placed_at", "payment_due_at")


class StoredOrderMachine(OrderMachine):
    """Each run is a transaction that is taken back."""

    def __init__(self, runner, raw):
        super().__init__()
        self._run, self._raw = runner.run, raw
        self._database, self._transaction = Database(OneConnection(raw)), raw.transaction()
        self._run(self._transaction.start())

    def teardown(self):
        self._run(self._transaction.rollback())

    def begin(self):
        self.placed = self.order = self._run(self._write())

    def keep(self, before, after, events):
        assert self._run(self._save(before, after, events)) == after

    def keep_child(self, child):
        return self._run(self._insert(child))

    async def _write(self):
        order = replace(self.order, channel_id=await given.channel(self._raw))
        self._variant = (await given.a_product(self._raw)).variant
        return await self._insert(order)

    async def _insert(self, order):
        head = {name: getattr(order, name) for name in HEAD} | {"id": order.id, "payment_attempts": order.attempts}
        await given.bare_order(self._raw, order.channel_id, self._variant.id, **head)
        rows, entries = payment_rows(order.id, order.payments, self.at)
        async with self._unit() as uow:
            await OrderStore(uow).insert("payments", rows)
            await OrderStore(uow).insert("payment_transactions", entries)
        assert await self._read(order.id) == order
        return order

    async def _save(self, before, after, events):
        async with self._unit() as uow:
            await OrderStore(uow).save(before, after, events)
        return await self._read(after.id)

    async def _read(self, id):
        async with self._unit() as uow:
            return await OrderStore(uow).get(id)

    def _unit(self):
        by = Attribution(actor=SYSTEM, at=self.at, request_id=str(new_id()))
        return unit_of_work(self._database, by, new_id)


def test_what_the_store_keeps_is_what_was_decided(dsn):
    with asyncio.Runner() as runner:
        raw = runner.run(connect_once(dsn))
        try:
            run_state_machine_as_test(
                lambda: StoredOrderMachine(runner, raw),
                settings=settings(max_examples=15, stateful_step_count=20),
            )
        finally:
            runner.run(raw.close())
