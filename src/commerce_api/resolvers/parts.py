"""Parts of larger things by their ids: whoever may see the whole may see them."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers import belonging, orders
from commerce_api.persistence.readers.belonging import Belonging
from commerce_api.persistence.readers.carts import carts_of
from commerce_api.persistence.readers.catalog_work import product_types_by_id
from commerce_api.persistence.readers.customers import addresses_of
from commerce_api.persistence.readers.payments import kept_cards_by_id
from commerce_api.persistence.readers.priced_carts import CartAsRead, priced_carts
from commerce_api.persistence.sql import Row
from commerce_api.schema.cart_parts import CartLine, CartShipGroup
from commerce_api.schema.context import Context
from commerce_api.schema.customer import CustomerAddress
from commerce_api.schema.node import Node, answers_for
from commerce_api.schema.order_parts import OrderLine, OrderShipGroup
from commerce_api.schema.payment import Payment, PaymentMethod, PaymentTransaction
from commerce_api.schema.product_type import AttributeDefinition

N = TypeVar("N", bound=Node)


def _one(nodes: Iterable[N], key: UUID) -> N | None:
    return next((node for node in nodes if node.key == key), None)


async def _order(context: Context, of: Belonging, part: UUID) -> Row | None:
    order_id = await context.load(of, part)
    order = await context.load(orders.orders_by_id, order_id) if order_id else None
    if order:
        context.note_read(order["id"], order["channel_id"])
    return order


async def _cart(context: Context, of: Belonging, part: UUID) -> CartAsRead | None:
    cart_id = await context.load(of, part)
    cart = await context.load(carts_of, cart_id) if cart_id else None
    return CartAsRead.of(cart, context.scope.language) if cart else None


@answers_for(CartLine.prefix)
async def cart_line(context: Context, key: UUID) -> CartLine | None:
    read = await _cart(context, belonging.cart_of_line, key)
    priced = await context.load(priced_carts, read) if read else None
    return _one((CartLine.of(line, priced.cart.currency) for line in priced.lines), key) if priced else None


@answers_for(CartShipGroup.prefix)
async def cart_ship_group(context: Context, key: UUID) -> CartShipGroup | None:
    read = await _cart(context, belonging.cart_of_group, key)
    priced = await context.load(priced_carts, read) if read else None
    return _one((CartShipGroup.of(group, priced.cart.currency) for group in priced.groups), key) if priced else None


@answers_for(OrderLine.prefix)
async def order_line(context: Context, key: UUID) -> OrderLine | None:
    order = await _order(context, belonging.order_of_line, key)
    rows = await context.load(orders.lines_of, order["id"]) if order else None
    return _one((OrderLine.of(row, order["currency"]) for row in rows), key) if order and rows else None


@answers_for(OrderShipGroup.prefix)
async def order_ship_group(context: Context, key: UUID) -> OrderShipGroup | None:
    order = await _order(context, belonging.order_of_group, key)
    found = await context.load(orders.groups_of, order["id"]) if order else None
    return _one(map(OrderShipGroup.of, found or ()), key)


@answers_for(Payment.prefix)
async def payment(context: Context, key: UUID) -> Payment | None:
    order = await _order(context, belonging.order_of_payment, key)
    return _one(await _payments(context, order), key) if order else None


@answers_for(PaymentTransaction.prefix)
async def payment_transaction(context: Context, key: UUID) -> PaymentTransaction | None:
    order = await _order(context, belonging.order_of_transaction, key)
    found = await _payments(context, order) if order else ()
    return _one((entry for each in found for entry in each.transactions), key)


async def _payments(context: Context, order: Row) -> list[Payment]:
    ledger = await context.load(orders.ledgers_of, order["id"]) or ()
    whole = context.actor.may_in(Permission.READ_PAYMENTS, order["channel_id"])
    return [Payment.of(each, order["currency"], context.scope.at, whole=whole) for each in ledger]


@answers_for(CustomerAddress.prefix)
async def customer_address(context: Context, key: UUID) -> CustomerAddress | None:
    customer_id = await context.load(belonging.customer_of_address, key)
    entries = await context.load(addresses_of, customer_id) if customer_id else None
    return _one(map(CustomerAddress.of, entries or ()), key)


@answers_for(AttributeDefinition.prefix)
async def attribute_definition(context: Context, key: UUID) -> AttributeDefinition | None:
    if not context.actor.may(Permission.MANAGE_CATALOG):
        return None
    type_id = await context.load(belonging.product_type_of_attribute, key)
    found = await context.load(product_types_by_id, type_id) if type_id else None
    return _one(map(AttributeDefinition.of, found.attributes), key) if found else None


@answers_for(PaymentMethod.prefix)
async def payment_method(context: Context, key: UUID) -> PaymentMethod | None:
    row = await context.load(kept_cards_by_id, key)
    return PaymentMethod.of(row, context.scope.at) if row else None
