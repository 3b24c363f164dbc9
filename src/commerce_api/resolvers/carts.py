"""Filling a cart."""

from typing import Any
from uuid import UUID

import strawberry

from commerce_api.domain.cart import (
    AcknowledgeChanges,
    ActivateCart,
    CartCommand,
    ClearCart,
    LockCart,
    TakeOverCart,
    UnlockCart,
)
from commerce_api.domain.decision import Refused
from commerce_api.domain.permissions import Permission
from commerce_api.operations import cart_opening, carts, quick_entry
from commerce_api.operations.cart_opening import CartOpening
from commerce_api.operations.carts import ChangeCart
from commerce_api.persistence.readers.carts import CartFilter, carts_of, current_cart
from commerce_api.schema.cart import Cart, CartPayload, CreateCartPayload, DeleteCartPayload
from commerce_api.schema.cart_inputs import (
    AddCartLinesInput,
    ApplyToCartInput,
    CartInput,
    MergeCartsInput,
    PlainCartInput,
    RemoveCartLinesInput,
    SaveCartInput,
    SetCartAddressesInput,
    SetCartAttributesInput,
    SetCartAvailabilityChoiceInput,
    SetCartBuyerInput,
    SetCartCurrencyInput,
    SetCartLineRequestsInput,
    SetCartNoteInput,
    SetCartShipGroupRequestsInput,
    SetCartShipGroupsInput,
    SetCartShippingMethodInput,
    SetCartTieGroupsInput,
    SetPaymentInstructionsInput,
    UpdateCartLinesInput,
)
from commerce_api.schema.cart_lists import cart_connection
from commerce_api.schema.cart_lock import LockCartInput
from commerce_api.schema.cart_opening import BindCartInput, CreateCartInput
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.node import answers_for, key_of
from commerce_api.schema.pagination import Connection
from commerce_api.schema.permissions import requires
from commerce_api.schema.quick_entry import AddCartLinesBySkuInput, AddCartLinesBySkuPayload


@answers_for("crt")
async def _node(context: Context, key: UUID) -> Cart | None:
    return await _cart(context, key)


async def _cart(context: Context, key: UUID) -> Cart | None:
    found = await context.load(carts_of, key)
    return Cart.of(found, context.scope.at) if found else None


async def _change(info: Info, input: CartInput, command: ChangeCart | Refused) -> CartPayload:
    outcome = await info.context.write(carts.change, command, once=once(input.idempotency_key, carts.load))
    return CartPayload.of(outcome, info.context.scope.at)


async def _plain(info: Info, input: PlainCartInput, command: CartCommand) -> CartPayload:
    return await _change(info, input, input.parse(command))


def _opening(context: Context) -> CartOpening:
    app = context.app
    return CartOpening(secret=app.settings.secret.get_secret_value(), cache=app.cache)


_buys: Any = [requires(Permission.BUY, Permission.ACT_FOR_CUSTOMERS)]
_signed_in: Any = [requires(Permission.OWN_ACCOUNT)]
_acts: Any = [requires(Permission.ACT_FOR_CUSTOMERS)]
_keeps: Any = [requires(Permission.OWN_ACCOUNT, Permission.ACT_FOR_CUSTOMERS)]


@strawberry.type
class CartQueries:
    @strawberry.field(
        description="A cart by its id; without one, that of the `X-Cart-Token` sent, or your own open cart that was changed "
        "last; staff may see any. Null if there is none that you may see.",
        directives=[requires(Permission.BUY, Permission.READ_CARTS, Permission.ACT_FOR_CUSTOMERS)],
    )
    async def cart(self, info: Info, id: strawberry.ID | None = None) -> Cart | None:
        if id is not None:
            key = key_of(id, Cart.prefix)
            return await _cart(info.context, key) if key else None
        found = await current_cart(info.context.scope)
        return Cart.of(found, info.context.scope.at) if found else None

    @strawberry.field(
        description="Carts of all customers and guests that are not over, the last changed first.",
        directives=[requires(Permission.READ_CARTS)],
    )
    async def carts(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Cart]:
        return await cart_connection(info.context, CartFilter(), (first, after, last, before))


@strawberry.type
class CartMutations:
    @strawberry.mutation(description="Begin a cart.", directives=_buys)
    async def create_cart(self, info: Info, input: CreateCartInput) -> CreateCartPayload:
        context, opening = info.context, _opening(info.context)
        command = input.parse(currency=context.scope.currency, language=context.scope.language)
        outcome = await context.write(opening.create, command, once=once(input.idempotency_key, opening.load))
        return CreateCartPayload.of(outcome, context.scope.at)

    @strawberry.mutation(description="Put something into the cart.", directives=_buys)
    async def add_cart_lines(self, info: Info, input: AddCartLinesInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(
        description="Put in what a pasted list says, line by line. What is wrong with a line is told, and the others are taken.",
        directives=_buys,
    )
    async def add_cart_lines_by_sku(self, info: Info, input: AddCartLinesBySkuInput) -> AddCartLinesBySkuPayload:
        replay = once(input.idempotency_key, carts.load, quick_entry.RECALL)
        outcome = await info.context.write(quick_entry.enter, input.parse(), once=replay)
        return AddCartLinesBySkuPayload.of(outcome, info.context.scope.at)

    @strawberry.mutation(description="Change quantities.", directives=_buys)
    async def update_cart_lines(self, info: Info, input: UpdateCartLinesInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(description="Take lines out of the cart.", directives=_buys)
    async def remove_cart_lines(self, info: Info, input: RemoveCartLinesInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(description="Take all lines out of the cart.", directives=_buys)
    async def clear_cart(self, info: Info, input: PlainCartInput) -> CartPayload:
        return await _plain(info, input, ClearCart())

    @strawberry.mutation(description="Throw the cart away.", directives=_buys)
    async def delete_cart(self, info: Info, input: PlainCartInput) -> DeleteCartPayload:
        replay = once(input.idempotency_key, carts.load_deleted)
        return DeleteCartPayload.of(await info.context.write(carts.delete, input.changes(), once=replay))

    @strawberry.mutation(description="Say who buys.", directives=_buys)
    async def set_cart_buyer(self, info: Info, input: SetCartBuyerInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(description="Say where goods and bill go.", directives=_buys)
    async def set_cart_addresses(self, info: Info, input: SetCartAddressesInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(description="Divide the goods over addresses.", directives=_buys)
    async def set_cart_ship_groups(self, info: Info, input: SetCartShipGroupsInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(description="Choose how goods are sent.", directives=_buys)
    async def set_cart_shipping_method(self, info: Info, input: SetCartShippingMethodInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(
        description="Say what becomes of goods that are not all here. `promisePreview` tells what each choice would mean.",
        directives=_buys,
    )
    async def set_cart_availability_choice(self, info: Info, input: SetCartAvailabilityChoiceInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(description="Say which lines leave together.", directives=_buys)
    async def set_cart_tie_groups(self, info: Info, input: SetCartTieGroupsInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(description="Ask for something beside lines: words, a day, haste.", directives=_buys)
    async def set_cart_line_requests(self, info: Info, input: SetCartLineRequestsInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(description="Ask for something beside a ship group: words, a day.", directives=_buys)
    async def set_cart_ship_group_requests(self, info: Info, input: SetCartShipGroupRequestsInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(description="Write a note.", directives=_buys)
    async def set_cart_note(self, info: Info, input: SetCartNoteInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(description="Keep something of your own with the cart.", directives=_buys)
    async def set_cart_attributes(self, info: Info, input: SetCartAttributesInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(
        description="Change the currency. All prices are looked up anew; a line without a price in it stays, unpurchasable. "
        "Amounts to pay in the other one have to be set again.",
        directives=_buys,
    )
    async def set_cart_currency(self, info: Info, input: SetCartCurrencyInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(description="Say how the order is going to be paid.", directives=_buys)
    async def set_payment_instructions(self, info: Info, input: SetPaymentInstructionsInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(
        description="Do several things at once, in the order given: all of them, or none and everything that is wrong. "
        "Quotes and edits of orders take the same actions.",
        directives=_buys,
    )
    async def apply_to_cart(self, info: Info, input: ApplyToCartInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(
        description="Say that the buyer has seen `changesSinceLastView`; it is empty then, but for lines no longer sold.",
        directives=_buys,
    )
    async def acknowledge_cart_changes(self, info: Info, input: PlainCartInput) -> CartPayload:
        return await _plain(info, input, AcknowledgeChanges())

    @strawberry.mutation(description="Put the cart aside under a name, or give it another one.", directives=_keeps)
    async def save_cart(self, info: Info, input: SaveCartInput) -> CartPayload:
        return await _change(info, input, input.parse())

    @strawberry.mutation(description="Continue with a saved cart.", directives=_keeps)
    async def activate_cart(self, info: Info, input: PlainCartInput) -> CartPayload:
        return await _plain(info, input, ActivateCart())

    @strawberry.mutation(
        description="Join the cart that was filled before signing in with your own one. Doing it again does nothing.",
        directives=_signed_in,
    )
    async def merge_carts(self, info: Info, input: MergeCartsInput) -> CartPayload:
        replay = once(input.idempotency_key, carts.load)
        outcome = await info.context.write(cart_opening.merge, input.parse(), once=replay)
        return CartPayload.of(outcome, info.context.scope.at)

    @strawberry.mutation(
        description="Keep everybody else from changing a cart while you work on it. A shopper sees that staff have it; the lock "
        "ends by itself. Your own is prolonged.",
        directives=_acts,
    )
    async def lock_cart(self, info: Info, input: LockCartInput) -> CartPayload:
        return await _change(info, input, input.parse(info.context.scope.at, LockCart))

    @strawberry.mutation(
        description="Lock a cart for yourself that somebody else of the staff has locked.", directives=_acts
    )
    async def take_over_cart(self, info: Info, input: LockCartInput) -> CartPayload:
        return await _change(info, input, input.parse(info.context.scope.at, TakeOverCart))

    @strawberry.mutation(description="Give back the lock of a cart.", directives=_acts)
    async def unlock_cart(self, info: Info, input: PlainCartInput) -> CartPayload:
        return await _plain(info, input, UnlockCart())

    @strawberry.mutation(
        description="Make a guest's cart a customer's own. The token that opened it does so no longer.",
        directives=_acts,
    )
    async def bind_cart(self, info: Info, input: BindCartInput) -> CartPayload:
        outcome = await info.context.write(
            cart_opening.bind, input.parse(), once=once(input.idempotency_key, carts.load)
        )
        return CartPayload.of(outcome, info.context.scope.at)
