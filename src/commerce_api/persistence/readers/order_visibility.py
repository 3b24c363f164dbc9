"""Who may see which orders. Everything that reads orders goes through this."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, LargeBinary, Uuid, and_, any_, bindparam, exists, or_
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.actor import Actor
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.tables.buying import carts, orders


def visible_orders() -> ColumnElement[bool]:
    """A customer's own orders, those of the anonymous cart whose token the actor has, or for staff those of their channels;
    takes `visibility(actor)`.
    """
    of_own_cart = exists().where(
        carts.c.id == orders.c.cart_id, carts.c.token_hash == bindparam("own_cart_token", type_=LargeBinary())
    )
    return or_(
        orders_of_staff(),
        orders.c.customer_id == bindparam("own_customer_id", type_=Uuid()),
        and_(orders.c.customer_id.is_(None), of_own_cart),
    )


def orders_of_staff() -> ColumnElement[bool]:
    """Those that staff see; takes `visibility(actor)`."""
    return or_(
        bindparam("sees_all_orders", type_=Boolean()),
        orders.c.channel_id == any_(bindparam("sees_orders_in", type_=ARRAY(Uuid()))),
    )


def visibility(actor: Actor) -> dict[str, Any]:
    channels = actor.channels_with(Permission.READ_ORDERS)
    return {
        "sees_all_orders": channels is None,
        "sees_orders_in": list(channels or ()),
        "own_customer_id": actor.customer_id,
        "own_cart_token": actor.cart_token_hash,
    }
