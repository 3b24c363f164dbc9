"""Demonstration orders: taken by telephone as the shop's own operations take them, so that they have all that orders have."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from commerce_api.domain.actor import Actor, ActorKind, Attribution
from commerce_api.domain.blocks import Owner, OwnerKind
from commerce_api.domain.cart import AddLine, AddLines, SetShippingMethod
from commerce_api.domain.checkout import facts_of, summary_token
from commerce_api.domain.decision import Done, Refused
from commerce_api.domain.ids import ChannelId, CustomerId, OrderId, ShippingMethodId
from commerce_api.domain.order.comments import CommentVisibility
from commerce_api.domain.origin import OrderingChannel, Origin
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.operations import blocks, checkout, comments, placing
from commerce_api.operations.cart_opening import CartOpening, CreateCart, CreatedCart
from commerce_api.operations.carts import Asked, ChangeCart, change
from commerce_api.operations.execute import execute
from commerce_api.persistence.sql import Database
from commerce_api.persistence.stores import bulk
from commerce_api.persistence.unit_of_work import UnitOfWork

C = TypeVar("C")


@value
class DemoOrder:
    """Placed so many hours ago. `block` is the code of a reason."""

    email: str
    channel: str
    method: str
    hours: int
    units: Mapping[str, int]
    block: str | None = None
    comment: str | None = None


_ORDERS: Final = (
    DemoOrder(
        email="mara@forest.example", channel="us", method="ground", hours=30, units={"HERPAC-M-RUS": 1, "CRI": 4}
    ),
    DemoOrder(
        email="lena@forest.example",
        channel="eu",
        method="standard",
        hours=26,
        units={"HEDSLEBAG-REG-MOS": 8, "HILTEA-EVE": 6},
        comment="For a school trip in May; she can wait for the rest of the sleeping bags.",
    ),
    DemoOrder(
        email="emile@forest.example", channel="eu", method="standard", hours=5, units={"BROSAU-2L": 1, "CAMCOC": 2}
    ),
    DemoOrder(
        email="lena@forest.example",
        channel="eu",
        method="express",
        hours=1,
        units={"EMBSTO": 1},
        block="ADDRESS_CHECK",
        comment="There are two Ahornweg in Goslar; she calls back with the district.",
    ),
)
_MAY: Final = (Permission.ACT_FOR_CUSTOMERS, Permission.READ_CARTS, Permission.READ_ORDERS)
_MAY_ALSO: Final = (Permission.BLOCK_ORDERS, Permission.COMMENT_ON_ORDERS)


async def place_orders(database: Database, opening: CartOpening, at: datetime) -> None:
    """What the worker does with an order, such as asking the bank, it does as soon as it runs: one card is declined."""
    async with database.connection() as connection:
        columns = {"customers": "email", "channels": "code", "shipping_methods": "code", "staff": "email"}
        known = {table: await bulk.ids_by(connection, table, column) for table, column in columns.items()}
    agent = Actor(
        kind=ActorKind.STAFF,
        id=known["staff"]["csr@staff.example"],
        permissions=frozenset((*_MAY, *_MAY_ALSO)),
    )
    for order in _ORDERS:
        by = Attribution(
            actor=agent,
            at=at - timedelta(hours=order.hours),
            request_id="demonstration",
            channel_id=ChannelId(known["channels"][order.channel]),
        )
        await _Agent(database, by, opening).take(order, known)


class _Agent:
    def __init__(self, database: Database, by: Attribution, opening: CartOpening) -> None:
        self._database, self._by, self._opening = database, by, opening

    async def take(self, order: DemoOrder, known: Mapping[str, Mapping[str, UUID]]) -> None:
        lines = tuple(AddLine(variant=sku, quantity=count, attributes={}) for sku, count in order.units.items())
        opened: CreatedCart = await self._done(
            self._opening.create,
            CreateCart(
                usual_currency="EUR",
                language="en",
                lines=AddLines(lines=lines),
                customer_id=CustomerId(known["customers"][order.email]),
            ),
        )
        ship = SetShippingMethod(shipping_method_id=ShippingMethodId(known["shipping_methods"][order.method]))
        await self._done(change, ChangeCart(cart_id=opened.cart.id, actions=(Asked(action=ship),)))
        viewed = await self._done(checkout.load, opened.cart.id)
        agreed = placing.PlaceOrder(
            cart_id=opened.cart.id,
            summary_token=summary_token(facts_of(viewed.checkout)),
            accepted_terms_version=viewed.channel.terms_version,
            origin=Origin(channel=OrderingChannel.PHONE),
        )
        placed = await self._done(placing.place, agreed)
        await self._note(order, placed.id)

    async def _note(self, order: DemoOrder, order_id: OrderId) -> None:
        if order.block:
            await self._done(
                blocks.add,
                blocks.PutBlock(
                    owner=Owner(kind=OwnerKind.ORDER, id=order_id),
                    path=(),
                    reason=order.block,
                    comment=order.comment or "",
                    assignee_id=None,
                    due_at=None,
                    expected_revision=None,
                ),
            )
        elif order.comment:
            await self._done(
                comments.add,
                comments.AddComment(
                    order_id=order_id,
                    body=order.comment,
                    visibility=CommentVisibility.INTERNAL,
                    email_customer=False,
                    mentions=(),
                ),
            )

    async def _done(self, operation: Callable[[UnitOfWork, C], Awaitable[Any]], command: C) -> Any:
        outcome = await execute(self._database, self._by, operation, command)
        if isinstance(outcome, Refused):
            raise ValueError(outcome.reasons)  # noqa: TRY004 - not of a type, but of what was asked
        return outcome.result if isinstance(outcome, Done) else outcome
