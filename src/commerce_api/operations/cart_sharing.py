"""Carts that are handed from agent to shopper or from device to device, by a link that ends (S2-23)."""

from dataclasses import field, replace
from datetime import datetime, timedelta
from uuid import UUID

from commerce_api.adapters.tokens import TokenKind, derived_token, token_hash
from commerce_api.domain import cart as domain
from commerce_api.domain.cart import Cart, CartOpened, CartShared
from commerce_api.domain.decision import Refused, check_revision, refuse
from commerce_api.domain.ids import CartId
from commerce_api.domain.value import value
from commerce_api.operations.acting import cart_to_change
from commerce_api.operations.cart_opening import CartOpening, CreatedCart
from commerce_api.operations.carts import facts, load
from commerce_api.operations.mailed_secrets import Opening
from commerce_api.persistence.readers.carts import find_carts
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.customers import email_of
from commerce_api.persistence.stores import one_time_tokens
from commerce_api.persistence.stores.one_time_tokens import Purpose
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class ShareCart:
    cart_id: CartId | None
    days: int
    by_mail: bool = False
    expected_revision: int | None = None


@value
class OpenSharedCart:
    token: str = field(repr=False)


@value
class SharedCart:
    """`token` is shown this once, and not at all if it was mailed. `id` is the link's, or the cart's."""

    id: UUID
    cart: Cart
    token: str | None = field(repr=False)
    until: datetime


@value
class CartSharing:
    secret: str = field(repr=False)

    async def share(self, uow: UnitOfWork, command: ShareCart) -> SharedCart | Refused:
        cart = await cart_to_change(uow, command.cart_id)
        if isinstance(cart, Refused):
            return cart
        if stale := check_revision(cart.revision, command.expected_revision):
            return stale
        if reason := domain.check_open(cart, domain.SaveCart(name=""), facts(uow.by)):
            return refuse(reason)
        until = uow.by.at + timedelta(days=command.days)
        shared = await (self._mailed if command.by_mail else self._linked)(uow, cart, until)
        if not isinstance(shared, Refused):
            await uow.events.record("CART", cart.id, [CartShared(until=until, by_mail=command.by_mail)])
        return shared

    async def load(self, uow: UnitOfWork, id: UUID) -> SharedCart | Refused:
        """The same link again; of a mail, that it was sent."""
        token, at = self._token(id), uow.by.at
        cart_id = await one_time_tokens.find(uow.connection, Purpose.OPEN_CART, token_hash(token), at)
        cart = await load(uow, cart_id or id)
        if isinstance(cart, Refused):
            return cart
        return SharedCart(id=id, cart=cart, token=token if cart_id else None, until=at)

    async def open(self, uow: UnitOfWork, command: OpenSharedCart) -> CreatedCart | Refused:
        """A guest's cart with its token; a customer's for the customer only, who is signed in."""
        at, hash_ = uow.by.at, token_hash(command.token)
        cart_id = await one_time_tokens.find(uow.connection, Purpose.OPEN_CART, hash_, at)
        if cart_id is None:
            return refuse(domain.CartLinkInvalid(path=("token",)))
        token = CartOpening(secret=self.secret).token(cart_id)
        proven = replace(uow.by.actor, cart_token_hash=token_hash(token))
        found = await find_carts(uow.connection, [cart_id], proven)
        if not found:
            return refuse(domain.CartNeedsSignIn(path=("token",)))
        await uow.events.record("CART_LINK", uow.new_id(), [CartOpened()])
        return CreatedCart(cart=found[0], token=None if found[0].customer_id else token)

    async def _linked(self, uow: UnitOfWork, cart: Cart, until: datetime) -> SharedCart:
        id_ = uow.new_id()
        token = self._token(id_)
        await one_time_tokens.issue_another(
            uow.connection, Purpose.OPEN_CART, cart.id, token_hash(token), expires_at=until
        )
        return SharedCart(id=id_, cart=cart, token=token, until=until)

    async def _mailed(self, uow: UnitOfWork, cart: Cart, until: datetime) -> SharedCart | Refused:
        recipient = cart.email or (cart.customer_id and await email_of(uow.connection, cart.customer_id))
        if not recipient:
            return refuse(domain.NobodyToWriteTo(path=("byMail",)))
        channel = await channel_by_id(uow.connection, cart.channel_id)
        opens = Opening(purpose=Purpose.OPEN_CART, subject_id=cart.id, until=until, beside=True)
        data = {"until": until, "time_zone": channel.time_zone}
        mail = {"kind": "CART_SHARED", "recipient": recipient, "language": cart.language, "data": data, "opens": opens}
        uow.outbox.put("mail", mail, dedupe_key=f"cart-shared:{uow.new_id()}")
        return SharedCart(id=cart.id, cart=cart, token=None, until=until)

    def _token(self, id: UUID) -> str:
        return derived_token(TokenKind.SHARED, self.secret, f"shared-cart\0{id}")
