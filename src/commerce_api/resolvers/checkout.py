"""From a full cart to a placed order."""

from typing import Any
from uuid import UUID

import strawberry

from commerce_api.domain.cart import Cart
from commerce_api.domain.permissions import Permission
from commerce_api.domain.priced_cart import price_cart
from commerce_api.operations import checkout, placing
from commerce_api.operations.checkout import Viewed
from commerce_api.operations.payments import advance_now
from commerce_api.operations.standing import standings, standings_in
from commerce_api.persistence.readers.carts import SEEING, carts_of
from commerce_api.persistence.readers.outsets import look_at
from commerce_api.persistence.readers.priced_carts import CartAsRead, priced_carts
from commerce_api.resolvers.placed import placed
from commerce_api.schema.checkout import (
    CheckoutSummary,
    PlaceOrderInput,
    PlaceOrderPayload,
    StartCheckoutInput,
    StartCheckoutPayload,
)
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.errors import errors_of, known_of, result_of
from commerce_api.schema.node import key_of
from commerce_api.schema.permissions import requires


async def _viewed(context: Context, key: UUID) -> Viewed | None:
    if context.abreast.alone:
        await _look(context, key)
    cart = await context.load(carts_of, key)
    return await _priced(context, cart) if cart else None


async def _priced(context: Context, cart: Cart) -> Viewed:
    """Once with all else that the document asks of the cart, if that is in the cart's language, which its order keeps."""
    read = CartAsRead.of(cart, cart.language)
    priced, standing = await context.load(priced_carts, read), await context.load(standings, read)
    assert priced is not None and standing is not None  # noqa: S101, PT018 - every cart can be priced, and has a channel
    return Viewed(id=cart.id, checkout=standing.checkout(priced, context.scope.at), channel=standing.channel)


async def _look(context: Context, key: UUID) -> None:
    """Nothing else is asked of it yet: it is read and priced by one statement."""
    scope = context.scope
    async with scope.database.connection() as connection:
        looked = await look_at(connection, key, scope.actor, scope.at, permissions=SEEING)
        if looked:
            cart, known = looked
            read = CartAsRead.of(cart, cart.language)
            (standing,) = await standings_in(connection, [cart], known.channel, known.cards)
            context.knows(carts_of, key, cart)
            context.knows(priced_carts, read, price_cart(cart, known.facts))
            context.knows(standings, read, standing)


_buys: Any = [requires(Permission.BUY, Permission.ACT_FOR_CUSTOMERS)]


@strawberry.type
class CheckoutQueries:
    @strawberry.field(
        description="A cart exactly as it would be ordered now; null if there is no such cart of yours.",
        directives=_buys,
    )
    async def checkout_summary(self, info: Info, cart_id: strawberry.ID) -> CheckoutSummary | None:
        key = key_of(cart_id, "crt")
        viewed = await _viewed(info.context, key) if key else None
        return CheckoutSummary(viewed=viewed) if viewed else None


@strawberry.type
class CheckoutMutations:
    @strawberry.mutation(
        description="Reserve the stock for a while, and hear what is still missing. Reserves again what is left after it "
        "has run out.",
        directives=_buys,
    )
    async def start_checkout(self, info: Info, input: StartCheckoutInput) -> StartCheckoutPayload:
        outcome = await info.context.write(
            checkout.start, input.parse(), once=once(input.idempotency_key, checkout.load)
        )
        return StartCheckoutPayload.of(outcome)

    @strawberry.mutation(
        description="Place the order that the buyer was shown. However often it is sent, there is one order for a cart.",
        directives=_buys,
    )
    async def place_order(self, info: Info, input: PlaceOrderInput) -> PlaceOrderPayload:
        context, desk = info.context, info.context.app.services.desk
        outcome = await context.write(
            placing.place, input.parse(inline=desk.inline), once=once(input.idempotency_key, placing.load)
        )
        paid = await advance_now(desk, result_of(outcome), context.by.request_id, known_of(outcome))
        return PlaceOrderPayload(order=await placed(context, paid or outcome), errors=errors_of(outcome))
