"""An index leads to the orders that are looked for, whatever they are looked for by (S2-03)."""

from datetime import timedelta
from uuid import UUID

import pytest
from bench.orders import plans

from commerce_api.domain.actor import SYSTEM
from commerce_api.domain.conditions import AllOf, NoneOf
from commerce_api.domain.order import OrderState
from commerce_api.domain.order import finding as f
from commerce_api.domain.order.finding import OrderSort
from commerce_api.domain.order.keys import ANY, HasKey, OrderKey
from commerce_api.domain.origin import OrderingChannel
from commerce_api.domain.particulars import Priority
from commerce_api.domain.text_match import TextMatch
from commerce_api.persistence.lists import Part
from commerce_api.persistence.readers.order_conditions import payments_seen_by
from commerce_api.persistence.readers.order_finding import Find, page_question
from commerce_api.persistence.readers.order_visibility import visibility
from commerce_api.persistence.readers.override_report import OverridesAsked, override_groups
from commerce_api.persistence.scope import Scope
from tests.conftest import NOON

SOMEBODY = UUID(int=1)
BY_KEY = "ix_order_keys_key_recency_order_id"


def key(kind, plain, match=TextMatch.EXACT):
    return HasKey(kind=kind, plain=plain, match=match)


def within(kind):
    return f.Within(kind=kind, start=NOON - timedelta(hours=1), end=NOON)


BLOCKED, WAITING, OWED = (key(kind, ANY) for kind in (OrderKey.BLOCK, OrderKey.BACKORDER, OrderKey.OWED_BACK))
LED_BY = [
    *((key(kind, "so"), BY_KEY) for kind in OrderKey),
    *((key(kind, "so", TextMatch.STARTS_WITH), BY_KEY) for kind in OrderKey),
    *((key(kind, "some", TextMatch.CONTAINS), "ix_order_key_texts_pieces") for kind in OrderKey if kind.has_parts),
    (f.InStates(states=(OrderState.PENDING,)), "ix_orders_state_placed_at_id"),
    (f.InChannel(channel_id=SOMEBODY), "ix_orders_channel_id_placed_at_id"),
    (f.WithPriority(priorities=(Priority.URGENT, Priority.HIGH)), "ix_orders_prioritized"),
    (f.OrderedThrough(channels=(OrderingChannel.PHONE,)), "ix_orders_ordered_through"),
    (f.OfCustomer(customer_id=SOMEBODY), "ix_orders_customer_id_placed_at"),
    (f.OfAccount(number="A-100"), "ix_customers_account_id"),
    (f.PlacedByStaff(staff_id=SOMEBODY), "ix_orders_staff_id_placed_at"),
    (f.PaidWithCard(last_four="4242"), "ix_payments_last_four"),
    (f.Authorized(reference="sbx_1"), "ix_payment_transactions_provider_reference"),
    (within(f.MomentKind.PLACED), "ix_orders_placed_at_id"),
    (within(f.MomentKind.UPDATED), "ix_orders_updated_at_id"),
    (within(f.MomentKind.EDITED), "ix_order_versions_edited"),
]


async def plan(connection, condition, sort=OrderSort.BEST_MATCH, *, without=("seqscan", "hashjoin", "mergejoin")):
    """As it is where there are many orders. Of an emptied table PostgreSQL does not think that it knows how small it is."""
    await connection.execute("TRUNCATE order_keys, order_key_texts")
    for way in without:
        await connection.execute(f"SET LOCAL enable_{way} = off")
    part = Part(chosen=Find.of(condition, sort), limit=11)
    statement, values = page_question(part)
    given = statement.arguments(values | visibility(SYSTEM) | payments_seen_by(SYSTEM))
    return "\n".join(line for (line,) in await connection.fetch(f"EXPLAIN {statement.sql}", *given))


@pytest.mark.parametrize(("condition", "index"), LED_BY)
async def test_an_index_leads_to_orders_by_each_key(connection, condition, index):
    assert index in await plan(connection, AllOf(parts=(condition,)))


@pytest.mark.parametrize("sort", [OrderSort.BEST_MATCH, OrderSort.NEWEST, OrderSort.OLDEST])
@pytest.mark.parametrize("queue", [BLOCKED, WAITING, OWED])
async def test_a_queue_is_read_in_the_order_of_time_from_either_end(connection, queue, sort):
    condition = AllOf(parts=(queue, f.InStates(states=(OrderState.PENDING,))))
    found = await plan(connection, condition, sort, without=("seqscan", "sort"))

    assert BY_KEY in found
    assert "Sort" not in found


async def test_an_index_leads_to_what_was_overridden_within_a_time(connection):
    asked = OverridesAsked(start=NOON - timedelta(days=1), end=NOON, agent_id=None, reason=None, channel_ids=None)
    await connection.execute("SET LOCAL enable_seqscan = off")
    watch, database = plans.watched(connection)
    scope = Scope(database=database, actor=SYSTEM, channel=None, currency="EUR", language="en", at=NOON)

    assert await override_groups(scope, asked) == []
    assert "`ix_order_adjustments_at_id`" in await watch.indexes()


async def test_what_is_not_held_up_is_read_in_the_order_of_time(connection):
    there = f.InStates(states=(OrderState.CONFIRMED,))
    found = await plan(connection, AllOf(parts=(there, NoneOf(parts=(BLOCKED,)))), without=("seqscan", "sort"))

    assert "ix_orders_state_placed_at_id" in found
    assert "Sort" not in found


async def test_what_many_orders_have_does_not_lead_where_something_else_does(connection):
    found = await plan(connection, AllOf(parts=(BLOCKED, f.OfCustomer(customer_id=SOMEBODY))))

    assert "ix_orders_customer_id_placed_at" in found
    assert "pk_order_keys" in found
