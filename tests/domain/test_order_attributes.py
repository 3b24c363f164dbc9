from uuid import UUID

import pytest

from commerce_api.domain.actor import Actor, ActorKind, Forbidden
from commerce_api.domain.custom_field import (
    CommercialField,
    FieldAccess,
    FieldIsNeeded,
    FieldNotYours,
    Said,
    UnknownField,
)
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import ChannelId
from commerce_api.domain.order.attributes import (
    AttributeChange,
    OrderAttributesSet,
    SetOrderAttributes,
    attributes_set,
    set_attributes,
)
from commerce_api.domain.particulars import Particulars, Priority
from commerce_api.domain.permissions import CUSTOMER as CUSTOMERS
from commerce_api.domain.permissions import Permission
from tests.domain.fields import a_field, saying
from tests.domain.orders import order as an_order

SCORE, WISH = a_field("score", shoppers=FieldAccess.NONE), a_field("wish")
RANK = a_field("rank", shoppers=FieldAccess.SEE)
FIELDS = (SCORE, WISH, a_field("center", commercial=True))
BEFORE = Particulars(po_number="PO-7", tags=("vip",), fields={"center": "K7"})
DESK = Actor(kind=ActorKind.STAFF, id=UUID(int=9), permissions=frozenset({Permission.EDIT_ORDERS}))

CUSTOMER = Actor(kind=ActorKind.CUSTOMER, id=UUID(int=8), permissions=CUSTOMERS)


def after(actor=DESK, **said):
    return set_attributes(an_order(), BEFORE, SetOrderAttributes(**said), FIELDS, actor)


def test_what_is_left_out_stays():
    assert after() == BEFORE
    assert attributes_set(BEFORE, after(), FIELDS) == []


def test_each_change_is_told_and_what_shoppers_may_write_is_not_repeated():
    now = after(priority=Priority.HIGH, tags=(), fields=saying(score="1", wish="secret"))

    assert now == Particulars(
        po_number="PO-7", priority=Priority.HIGH, fields={"center": "K7", "score": "1", "wish": "secret"}
    )
    assert attributes_set(BEFORE, now, FIELDS) == [
        OrderAttributesSet(
            changes=(
                AttributeChange(name="priority", before=Priority.NORMAL, after=Priority.HIGH),
                AttributeChange(name="tags", before=("vip",), after=()),
                AttributeChange(name="score", before=None, after="1"),
                AttributeChange(name="wish"),
            )
        )
    ]


def test_what_was_agreed_on_is_not_set_here():
    refused = after(fields=(Said(code="center", value="K8"),))

    assert isinstance(refused, Refused)
    assert refused.reasons == (CommercialField(path=("fields", "0", "code")),)


def test_customers_fill_in_what_is_theirs():
    now = after(CUSTOMER, fields=saying(wish="Ring twice"))

    assert now == Particulars(po_number="PO-7", tags=("vip",), fields={"center": "K7", "wish": "Ring twice"})


def test_customers_meet_all_that_is_not_theirs_at_once():
    fields = saying(score="9", rank="gold", center="K8", wish="Ring")
    refused = set_attributes(an_order(), BEFORE, SetOrderAttributes(fields=fields), (*FIELDS, RANK), CUSTOMER)

    assert refused == Refused(
        reasons=(
            UnknownField(path=("fields", "0", "code")),
            FieldNotYours(path=("fields", "1", "code")),
            CommercialField(path=("fields", "2", "code")),
        )
    )
    assert after(CUSTOMER, priority=Priority.HIGH, tags=()) == Refused(
        reasons=(Forbidden(path=("priority",)), Forbidden(path=("tags",)))
    )


@pytest.mark.parametrize("actor", [CUSTOMER, DESK])
@pytest.mark.parametrize("nothing", [None, ""])
def test_what_nothing_is_ordered_without_is_not_taken_away(actor, nothing):
    needed = a_field("wish", required_in=frozenset({an_order().channel_id}))
    command = SetOrderAttributes(fields=saying(wish=nothing))

    refused = set_attributes(an_order(), BEFORE, command, (needed,), actor)

    assert refused == Refused(reasons=(FieldIsNeeded(path=("fields", "0", "value")),))


def test_only_who_may_edit_the_channels_orders_says_anything():
    elsewhere = frozenset({(Permission.EDIT_ORDERS, ChannelId(UUID(int=77)))})
    other = Actor(kind=ActorKind.STAFF, permissions=frozenset(), narrowed=elsewhere)

    assert after(other, tags=()) == Refused(reasons=(Forbidden(),))
