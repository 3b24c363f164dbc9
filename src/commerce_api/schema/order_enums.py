"""The words for where an order stands and what can be done to it."""

from datetime import datetime

import strawberry

from commerce_api.domain import order as domain
from commerce_api.domain.actor import ActorKind
from commerce_api.domain.stock import StockStatus
from commerce_api.schema.actions import Blocker
from commerce_api.schema.enums import described

described(
    domain.OrderState,
    "Where an order stands on its way. Money, stock and parcels have statuses of their own.",
    AWAITING_APPROVAL="The buyer's organization has to approve.",
    PENDING="Saved with its number; the payment is not secured yet.",
    PAYMENT_REJECTED="Waits for another way to pay.",
    CONFIRMED="The payment is secured; nothing is on its way yet.",
    IN_FULFILLMENT="Some of it is with a warehouse.",
    SHIPPED="All of it was handed over.",
    COMPLETED="Shipped and settled.",
    CANCELED="Nothing of it will come.",
)
described(
    ActorKind,
    "Who does something.",
    GUEST="Somebody in the shop who has not signed in.",
    CUSTOMER="A customer.",
    STAFF="A member of staff.",
    APP="A program, with an API key.",
    SYSTEM="The shop itself.",
)
described(
    StockStatus,
    "Whether the goods of an order have been found.",
    NOT_ALLOCATED="None is set aside.",
    ALLOCATED="All are set aside.",
    PARTLY_BACKORDERED="Some are still to come in.",
    BACKORDERED="All are still to come in.",
)
described(domain.FulfillmentStatus, "How far the parcels are. More will follow.", UNFULFILLED="Nothing has left.")
described(
    domain.OrderAction,
    "What can be done to an order.",
    UPDATE_PAYMENT="Choose another way to pay.",
    RESUBMIT="Try to pay again.",
    PAY_BALANCE="Pay what a change of it has left due.",
    EDIT="Begin to edit it, or go on with it.",
    SET_SHIPPING_POLICY="Say anew when it may leave.",
    SET_ATTRIBUTES="Say something else in custom fields that are not commercial; staff set its priority and tags too.",
    CANCEL="Cancel all of it, or units of its lines.",
    CLONE="Begin a cart with what it had.",
    COMMENT="Write something about it.",
)


@strawberry.type(description="Something that can be done to an order, or cannot now.")
class OrderActionAllowed:
    action: domain.OrderAction = strawberry.field(description="What.")
    allowed: bool = strawberry.field(description="Whether it can be done now.")
    blockers: list[Blocker] = strawberry.field(description="What stands against it; empty if it is allowed.")
    until: datetime | None = strawberry.field(description="When you cannot do it any more; null if no end is set.")
