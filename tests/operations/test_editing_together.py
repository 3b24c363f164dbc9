"""Two of the desk and one order: nobody's work is lost without being told (D36)."""

import asyncio

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import Actor, ActorKind, Attribution
from commerce_api.domain.cart import SetNote
from commerce_api.domain.decision import Refused
from commerce_api.domain.order import blockable
from commerce_api.domain.permissions import Permission
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.operations import blocks, edit_charging, order_edits
from commerce_api.operations.block_reasons import put_shipped_block_reasons
from commerce_api.operations.blocks import PutBlock
from commerce_api.operations.carts import Asked
from commerce_api.operations.edit_commit import CommitEdit
from commerce_api.operations.execute import execute
from commerce_api.operations.order_edits import ApplyToEdit, BeginEdit, ChangeEdit
from commerce_api.operations.shipping_policies import SetShippingPolicy, choose
from tests.buying import Shop, rows

STAFF = frozenset({Permission.READ_ORDERS, Permission.EDIT_ORDERS, Permission.TAKE_OVER_EDITS, Permission.BLOCK_ORDERS})
_EVENTS = "SELECT type FROM events WHERE type IN ('OrderEditCommitted', 'BlockAdded') ORDER BY sequence"


@pytest.fixture
async def order(committing, clock):
    shop = await Shop.open(committing)
    placed = await shop.place(clock, await shop.cart((await shop.product("Kettle", stock=5), 1)))
    await rows(committing, "UPDATE orders SET state = 'CONFIRMED' RETURNING 1")
    return placed


@pytest.fixture
def desk(committing, clock):
    class Desk:
        """Somebody of the staff."""

        def __init__(self):
            self.actor = Actor(kind=ActorKind.STAFF, id=new_id(), permissions=STAFF)

        async def do(self, operation, command):
            by = Attribution(actor=self.actor, at=clock(), request_id=str(new_id()))
            outcome = await execute(committing, by, operation, command)
            return outcome.reasons[0].code() if isinstance(outcome, Refused) else getattr(outcome, "result", outcome)

        async def note(self, edit, text, revision=None):
            asked = (Asked(action=SetNote(note=text)),)
            wanted = ApplyToEdit(edit_id=edit.id, actions=asked, expected_revision=revision)
            return await self.do(order_edits.apply, wanted)

    return Desk


async def test_of_two_who_begin_at_once_one_is_told_of_the_other(order, desk, committing):
    begin = BeginEdit(order_id=order.id)

    outcomes = await asyncio.gather(*(desk().do(order_edits.begin, begin) for _ in range(4)))

    assert sorted(type(each).__name__ for each in outcomes) == ["OrderEdit", "str", "str", "str"]
    assert {each for each in outcomes if isinstance(each, str)} == {"EDIT_LOCKED"}
    assert await rows(committing, "SELECT count(*) FROM order_edits") == [(1,)]


async def test_of_two_windows_of_one_person_the_second_hears_that_it_is_behind(order, desk, committing):
    grace = desk()
    edit = await grace.do(order_edits.begin, BeginEdit(order_id=order.id))

    outcomes = await asyncio.gather(*(grace.note(edit, f"Window {n}", revision=1) for n in (1, 2)))

    assert sorted(str(each) for each in outcomes if isinstance(each, str)) == ["STALE_REVISION"]
    assert len(await rows(committing, "SELECT 1 FROM carts WHERE purpose = 'ORDER_EDIT' AND revision = 2")) == 1


async def test_a_commit_and_a_take_over_at_once_leave_one_version_or_one_owner(order, desk, committing):
    grace, joan = desk(), desk()
    edit = await grace.do(order_edits.begin, BeginEdit(order_id=order.id))
    await grace.note(edit, "Ring twice")

    committed, taken = await asyncio.gather(
        grace.do(edit_charging.commit, CommitEdit(edit_id=edit.id)),
        joan.do(order_edits.take_over, ChangeEdit(edit_id=edit.id)),
    )

    ((version, note),) = await rows(committing, "SELECT version, note FROM orders")
    ((state, owner),) = await rows(committing, "SELECT state, owner_id FROM order_edits")
    if isinstance(committed, str):
        assert (committed, version, note, state, owner) == ("EDIT_LOCKED", 1, "", "OPEN", joan.actor.id)
    else:
        assert (taken, version, note, state, owner) == (
            "EDIT_CLOSED",
            2,
            "Ring twice",
            "COMMITTED",
            grace.actor.id,
        )


@pytest.mark.parametrize("when", ["before", "at once"])
async def test_a_choice_of_how_it_leaves_is_not_undone_by_an_edit_that_was_open(order, desk, committing, when):
    """Whoever is second hears that the order is another one, or changes that other one."""
    grace, joan = desk(), desk()
    edit = await grace.do(order_edits.begin, BeginEdit(order_id=order.id))
    await grace.note(edit, "Ring twice")
    chosen = joan.do(choose, SetShippingPolicy(order_id=order.id, policy=ShippingPolicy.AS_AVAILABLE))
    if when == "before":
        await chosen

    committed = grace.do(edit_charging.commit, CommitEdit(edit_id=edit.id))
    committed = await committed if when == "before" else (await asyncio.gather(committed, chosen))[0]

    ((policy, version, note),) = await rows(committing, "SELECT shipping_policy, version, note FROM orders")
    assert policy == "AS_AVAILABLE"
    assert (version, note) == ((2, "") if committed == "EDIT_STALE" else (3, "Ring twice"))
    assert committed == "EDIT_STALE" or when == "at once"
    assert await grace.note(edit, "Once more") == ("EDIT_STALE" if committed == "EDIT_STALE" else "EDIT_CLOSED")


async def test_of_a_block_against_editing_and_a_commit_at_once_one_is_first(order, desk, committing):
    """As it will be with whatever else a block stands in the way of: both lock the order (D19)."""
    await put_shipped_block_reasons(committing)
    await rows(committing, "UPDATE block_reasons SET stops = '{EDIT}' WHERE code = 'PRICE_DISPUTE' RETURNING 1")
    grace, joan = desk(), desk()
    edit = await grace.do(order_edits.begin, BeginEdit(order_id=order.id))
    await grace.note(edit, "Ring twice")

    committed, blocked = await asyncio.gather(
        grace.do(edit_charging.commit, CommitEdit(edit_id=edit.id)),
        joan.do(
            blocks.add,
            PutBlock(
                owner=blockable(order).owner,
                path=(),
                reason="PRICE_DISPUTE",
                comment="",
                assignee_id=None,
                due_at=None,
                expected_revision=None,
            ),
        ),
    )

    assert isinstance(blocked, blocks.Touched)
    ((version, note),) = await rows(committing, "SELECT version, note FROM orders")
    kinds = [kind for (kind,) in await rows(committing, _EVENTS)]
    if isinstance(committed, str):
        assert (committed, version, note, kinds) == ("BLOCKED", 1, "", ["BlockAdded"])
    else:
        assert (version, note, kinds) == (2, "Ring twice", ["OrderEditCommitted", "BlockAdded"])
