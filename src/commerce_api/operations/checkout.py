"""The way through checkout: reserve, see what is missing, see the summary."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from commerce_api.domain import cart as carts
from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.cart import Cart
from commerce_api.domain.channel import Channel
from commerce_api.domain.checkout import Checkout
from commerce_api.domain.decision import NotFound, Refused, check_revision, refuse
from commerce_api.domain.ids import CartId, VariantId
from commerce_api.domain.priced_cart import PricedCart, price_cart
from commerce_api.domain.stock import Demand, Slice, StockRule, allocate
from commerce_api.domain.value import value
from commerce_api.operations.acting import cart_to_price
from commerce_api.operations.carts import facts, touched
from commerce_api.operations.standing import standings_in
from commerce_api.persistence.readers.outsets import Outset, outset_of
from commerce_api.persistence.rows import Write
from commerce_api.persistence.sql import Connection
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.shelves import shelves_of
from commerce_api.persistence.stores.stock import StockStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class StartCheckout:
    """`renew` prolongs a checkout that is under way, once."""

    cart_id: CartId | None
    renew: bool = False
    expected_revision: int | None = None


@value
class Viewed:
    """A cart on its way to an order. `id` is the cart's."""

    id: CartId
    checkout: Checkout
    channel: Channel


async def start(uow: UnitOfWork, command: StartCheckout) -> Viewed | Refused:
    """Keep the stock for a while. What cannot be kept is among what is missing, and no reason to refuse."""
    looked = await cart_to_price(uow, command.cart_id)
    if isinstance(looked, Refused):
        return looked
    cart, known = looked.cart, looked.known
    if stale := check_revision(cart.revision, command.expected_revision):
        return stale
    until = uow.by.at + timedelta(minutes=known.channel.checkout_minutes)
    wanted = carts.RenewCheckout(until=until) if command.renew else carts.StartCheckout(until=until)
    decided = carts.decide(cart, wanted, facts(uow.by))
    if isinstance(decided, Refused):
        return decided
    viewed = await viewed_by(uow.ahead, carts.evolved(cart, decided), known, uow.by.at)
    if decided:
        store = CartStore(uow)
        await store.hold(cart)
        kept = await _keeping(uow, viewed, until)
        await store.save(cart, touched(viewed.checkout.priced.cart, known.channel, uow.by.at), decided, beside=[kept])
    return viewed


async def load(uow: UnitOfWork, id: UUID) -> Viewed | Refused:
    cart = await CartStore(uow).get(id)
    if cart is None:
        return refuse(NotFound(path=("cartId",)))
    return await view(uow.connection, cart, uow.by.at)


async def view(connection: Connection, cart: Cart, at: datetime) -> Viewed:
    """The cart with all that holds at this moment."""
    return await viewed_by(connection, cart, await outset_of(connection, cart, at), at)


async def viewed_by(connection: Connection, cart: Cart, known: Outset, at: datetime) -> Viewed:
    """The same by what is `known` of its channel and of what is in it."""
    (standing,) = await standings_in(connection, [cart], known.channel, known.cards)
    return Viewed(id=cart.id, checkout=standing.checkout(price_cart(cart, known.facts), at), channel=known.channel)


def demands_of(priced: PricedCart) -> list[Demand]:
    """What the lines that are on sale need, in their order."""
    return [
        Demand(
            line_id=line.line.id,
            variant_id=line.line.variant_id,
            quantity=line.line.quantity,
            path=("lines", str(number)),
        )
        for number, line in enumerate(priced.lines)
        if line.sold
    ]


async def deal(uow: UnitOfWork, viewed: Viewed, demands: Sequence[Demand]) -> list[Slice] | Refused:
    """Lock the levels and divide the stock by them. What the cart has reserved is its own to use."""
    stock, locations = StockStore(uow.connection, uow.by), viewed.channel.location_ids
    policies = {
        line.line.variant_id: line.variant.availability.policy for line in viewed.checkout.priced.lines if line.variant
    }
    owed = [d.variant_id for d in demands if policies[d.variant_id] is StockPolicy.BACKORDER]
    limits = await stock.limits(owed) if owed else {}
    if owed:
        await stock.open(owed, locations[0])
    counted = [d.variant_id for d in demands if policies[d.variant_id] is not StockPolicy.UNTRACKED]
    levels = await stock.lock(counted, cart_id=viewed.id) if counted else []
    rules: dict[VariantId, StockRule] = {
        variant_id: StockRule(policy=policy, backorder_limit=limits.get(variant_id))
        for variant_id, policy in policies.items()
    }
    return allocate(demands, rules, shelves_of(levels, locations), locations)


async def _keeping(uow: UnitOfWork, viewed: Viewed, until: datetime) -> Write:
    """Keep what there is; variants that fall short are left out."""
    demands = demands_of(viewed.checkout.priced)
    dealt = await deal(uow, viewed, demands)
    if isinstance(dealt, Refused):
        short = {getattr(reason, "variant_id", None) for reason in dealt.reasons}
        dealt = await deal(uow, viewed, [d for d in demands if d.variant_id not in short])
    slices = [] if isinstance(dealt, Refused) else [(uow.new_id(), part) for part in dealt]
    uow.connection.stock_changed(demand.variant_id for demand in demands)
    return StockStore(uow.connection, uow.by).reserving(viewed.id, slices, until)


def with_terms(cart: Cart, version: str | None) -> Cart:
    """The cart as its owner leaves it who accepts these terms."""
    return replace(cart, terms_version=version) if version else cart
