"""Making carts, and joining the anonymous one with the customer's own after signing in."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import field, replace
from datetime import timedelta
from uuid import UUID

from commerce_api.adapters.tokens import keyed_hash, token_hash
from commerce_api.domain import cart as domain
from commerce_api.domain.actor import Attribution
from commerce_api.domain.cart import Active, AddLines, Cart, CartCreated, CartEvent, MergeStrategy
from commerce_api.domain.channel import Channel
from commerce_api.domain.decision import Done, NotFound, Refused, check_revision, refuse
from commerce_api.domain.ids import CartId, CustomerId
from commerce_api.domain.value import value
from commerce_api.operations import acting, cart_buyers
from commerce_api.operations.cart_buyers import Buyer
from commerce_api.operations.carts import Asked, Work, facts, prices_in, sellables, touched
from commerce_api.persistence.cache import NO_CACHE, Cache
from commerce_api.persistence.readers import cart_facts
from commerce_api.persistence.readers.assistance import account_of
from commerce_api.persistence.readers.carts import cart_with_token, find_carts, latest_cart_id
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.markets import MarketKey
from commerce_api.persistence.readers.outsets import Outset, outset, public_outset
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.customers import lock_customer
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class CreateCart:
    """For whoever asks; or by staff for the customer `customer_id`, whose account says what is not said here."""

    currency: str | None = None
    usual_currency: str
    language: str
    lines: AddLines
    email: str = ""
    phone: str = ""
    customer_id: CustomerId | None = None


@value
class CreatedCart:
    """`token` is shown this once, and only for an anonymous cart."""

    cart: Cart
    token: str | None = field(repr=False)

    @property
    def id(self) -> CartId:
        return self.cart.id


@value
class CartOpening:
    """Tokens are made of the cart's id with the server's secret, so that a repeated request gets the same one again. What is known
    of articles may come from the `cache`.
    """

    secret: str = field(repr=False)
    cache: Cache = field(default=NO_CACHE, repr=False)

    def token(self, id: UUID) -> str:
        return "cart_" + urlsafe_b64encode(keyed_hash(self.secret, f"cart\0{id}")).decode().rstrip("=")

    async def create(self, uow: UnitOfWork, command: CreateCart) -> Done[CreatedCart] | Refused:
        outset = await self._outset(uow, command)
        channel = outset.channel
        buyer = await cart_buyers.buyer_of(uow, command.customer_id, channel)
        if isinstance(buyer, Refused):
            return buyer
        new = _new_cart(uow, channel, command, buyer)
        if new.currency not in channel.currencies:
            return refuse(domain.CurrencyNotOffered(path=("currency",)))
        worked = Work(uow, new, channel, outset)
        worked.events.append(CartCreated(currency=new.currency))
        for each in (*buyer.known(command.email, command.phone), command.lines):
            await worked.do(Asked(action=each))
        if worked.reasons:
            return Refused(reasons=tuple(worked.reasons))
        token = self.token(new.id)
        await CartStore(uow).add(worked.cart, worked.events, token_hash=token_hash(token))
        created = CreatedCart(cart=worked.cart, token=None if buyer.id else token)
        return Done(result=created, notices=tuple(worked.notices), known=outset)

    async def _outset(self, uow: UnitOfWork, command: CreateCart) -> Outset:
        """For a shopper this is all; who acts for another learns from the account what the cart is like, and may look again."""
        market = MarketKey(_channel_of(uow.by), command.currency or command.usual_currency, command.language, ())
        wanted = [(line.variant, line.quantity) for line in command.lines.lines]
        customer_id, at = None if uow.by.actor.is_staff else uow.by.actor.customer_id, uow.by.at
        if customer_id is None:
            return await public_outset(uow.ahead, market, at=at, wanted=wanted, cache=self.cache)
        return await outset(uow.ahead, market, customer_id=customer_id, at=at, wanted=wanted)

    async def load(self, uow: UnitOfWork, id: UUID) -> CreatedCart | Refused:
        """For a repeated request: whoever has its key had the token."""
        actor = replace(uow.by.actor, cart_token_hash=token_hash(self.token(id)))
        found = await find_carts(uow.connection, [id], actor)
        return self.shown(found[0]) if found else refuse(NotFound())

    def shown(self, cart: Cart) -> CreatedCart:
        return CreatedCart(cart=cart, token=None if cart.customer_id else self.token(cart.id))


def _channel_of(by: Attribution) -> UUID:
    assert by.channel_id is not None  # noqa: S101 - a request is always answered in a channel
    return by.channel_id


def _new_cart(uow: UnitOfWork, channel: Channel, command: CreateCart, buyer: Buyer) -> Cart:
    id_, at = CartId(uow.new_id()), uow.by.at
    return Cart(
        id=id_,
        channel_id=channel.id,
        customer_id=buyer.id,
        state=Active(),
        currency=command.currency or buyer.currency or command.usual_currency,
        language=buyer.language or command.language,
        attributes={},
        ship_groups=(domain.only_group(id_),),
        created_at=at,
        updated_at=at,
        expires_at=at + timedelta(days=channel.cart_days),
        revision=1,
    )


@value
class MergeCarts:
    """The anonymous cart is the one whose token came with the request."""

    strategy: MergeStrategy


async def merge(uow: UnitOfWork, command: MergeCarts) -> Done[Cart] | Refused:
    """Runs once: after it the anonymous cart belongs to the customer, or is merged. The customer is locked, so that
    signing in on two devices at a time ends with one open cart, not two.
    """
    customer_id, token = uow.by.actor.customer_id, uow.by.actor.cart_token_hash
    if customer_id is None or token is None:
        return refuse(NotFound())
    await lock_customer(uow.connection, customer_id)
    guest, own = await _both(uow, token, customer_id)
    if guest is None:
        return refuse(NotFound())
    if guest.customer_id == customer_id or isinstance(guest.state, domain.Merged):
        return Done(result=own or guest, notices=(domain.NothingToMerge(),))
    return await _merge(uow, guest, own, command.strategy, customer_id)


@value
class BindCart:
    """Without a `strategy` only for a customer who has no open cart."""

    cart_id: CartId | None
    customer_id: CustomerId | None
    strategy: MergeStrategy | None = None
    expected_revision: int | None = None


async def bind(uow: UnitOfWork, command: BindCart) -> Done[Cart] | Refused:
    """Make a guest's cart a customer's: the shopper at the other end of the line turned out to be one."""
    customer_id = command.customer_id
    if customer_id is None or await account_of(uow.connection, customer_id, uow.by.actor) is None:
        return refuse(NotFound(path=("customerId",)))
    if against := await acting.against(uow, customer_id, ("customerId",)):
        return against
    await lock_customer(uow.connection, customer_id)
    guest = await acting.cart_to_change(uow, command.cart_id)
    if isinstance(guest, Refused):
        return guest
    if stale := check_revision(guest.revision, command.expected_revision):
        return stale
    if guest.customer_id:
        mine = guest.customer_id == customer_id
        return Done(result=guest) if mine else refuse(domain.CartBoundAlready(path=("cartId",)))
    own_id = await latest_cart_id(uow.connection, customer_id, guest.channel_id, uow.by.at)
    own = await CartStore(uow).get(own_id) if own_id else None
    if own and command.strategy is None:
        return refuse(domain.CustomerHasCart(path=("strategy",), cart_id=own.id))
    uow.serve(customer_id)
    return await _merge(uow, guest, own, command.strategy or MergeStrategy.SUM, customer_id)


async def _both(uow: UnitOfWork, token: bytes, customer_id: CustomerId) -> tuple[Cart | None, Cart | None]:
    """The cart of the token, and the customer's own one in the same channel."""
    guest_at = await cart_with_token(uow.connection, token)
    if guest_at is None:
        return None, None
    own_id = await latest_cart_id(uow.connection, customer_id, guest_at.channel_id, uow.by.at)
    found = {cart.id: cart for cart in await CartStore(uow).get_many({guest_at.id, own_id or guest_at.id})}
    return found.get(guest_at.id), found.get(own_id) if own_id else None


async def _merge(
    uow: UnitOfWork, guest: Cart, own: Cart | None, strategy: MergeStrategy, customer_id: CustomerId
) -> Done[Cart] | Refused:
    for cart in (guest, own):
        if cart and (reason := domain.check_open(cart, domain.BindCart(customer_id=customer_id), facts(uow.by))):
            return refuse(reason)
    channel = await channel_by_id(uow.connection, guest.channel_id)
    known = await _facts(uow, guest, own, channel)
    name = f"{uow.by.at:%Y-%m-%d}"

    def merged(with_facts: domain.Facts) -> domain.Merge | Refused:
        return domain.merge(guest, own, strategy, with_facts, customer_id=customer_id, name=name)

    decided = merged(known)
    if own and not isinstance(decided, Refused) and (wanted := domain.prices_of(decided.to_own)):
        decided = merged(replace(known, prices=await prices_in(uow, own, own.currency, wanted)))
    if isinstance(decided, Refused):
        return decided
    guest_now = await _saved(uow, guest, decided.to_guest, channel)
    own_now = await _saved(uow, own, decided.to_own, channel) if own else None
    result = own_now if own_now and strategy is not MergeStrategy.KEEP_GUEST else guest_now
    return Done(result=result, notices=decided.notices)


async def _saved(uow: UnitOfWork, cart: Cart, events: Sequence[CartEvent], channel: Channel) -> Cart:
    if not events:
        return cart
    changed = touched(domain.evolved(cart, events), channel, uow.by.at)
    await CartStore(uow).save(cart, changed, events)
    return changed


async def _facts(uow: UnitOfWork, guest: Cart, own: Cart | None, channel: Channel) -> domain.Facts:
    found = await cart_facts.variant_facts(
        uow.connection,
        ids={line.variant_id for cart in (guest, own) if cart for line in cart.lines},
        channel_id=channel.id,
        language=guest.language,
        at=uow.by.at,
    )
    return replace(
        facts(uow.by), variants=sellables(found), new_ids=tuple(uow.new_id() for _ in range(len(guest.lines)))
    )
