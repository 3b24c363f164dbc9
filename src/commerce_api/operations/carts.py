"""Filling carts. One operation changes what is being bought by any actions, all of them or none."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias, TypeVar
from uuid import UUID

from commerce_api.domain import cart as domain
from commerce_api.domain.actor import Attribution
from commerce_api.domain.cart import Author, Cart, CartCommand, CartEvent, Facts, Sellable, VariantRef
from commerce_api.domain.channel import Channel
from commerce_api.domain.decision import (
    Decision,
    Done,
    Finding,
    NotFound,
    Notice,
    Path,
    Refusal,
    Refused,
    check_revision,
    refuse,
)
from commerce_api.domain.ids import CartId, VariantId
from commerce_api.domain.priced_cart import MarketFacts, VariantFacts, offers
from commerce_api.domain.value import replace, value
from commerce_api.operations import adjusting, profile_saving
from commerce_api.operations.acting import cart_to_change, cart_to_price, cart_to_save
from commerce_api.operations.chosen_cards import PayBy, ToPay, looked_up
from commerce_api.persistence.readers import cart_facts
from commerce_api.persistence.readers.outsets import Besides, Looked, Outset, Wanted, outset_of
from commerce_api.persistence.readers.prices import unit_prices
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.unit_of_work import UnitOfWork

F = TypeVar("F", bound=Finding)


Action: TypeAlias = CartCommand | PayBy


@value
class Asked:
    """One action and where it stands in the input: what is wrong with it is told there."""

    action: Action
    path: Path = ()


@value
class ChangeCart:
    """`cart_id` None is an id that cannot be one of a cart."""

    cart_id: CartId | None
    actions: tuple[Asked, ...]
    expected_revision: int | None = None
    acknowledge: frozenset[str] = frozenset()


@value
class DeletedCart:
    id: CartId


async def change(uow: UnitOfWork, wanted: ChangeCart) -> Done[Cart] | Refused:
    said = [asked.action for asked in wanted.actions]
    looked = await _looked_at(uow, wanted.cart_id, said)
    if isinstance(looked, Refused):
        return looked
    cart = looked.cart
    if stale := check_revision(cart.revision, wanted.expected_revision):
        return stale
    if refused := profile_saving.against(cart, said):
        return refused
    work = Work(uow, cart, looked.known.channel, looked.known, wanted.acknowledge)
    done = await _applied(work, cart, wanted.actions, looked=True)
    if isinstance(done, Refused):
        return done
    kept = await profile_saving.keep(uow, done.result, said)
    return Done(result=done.result, notices=(*done.notices, *kept), known=done.known)


async def _looked_at(uow: UnitOfWork, id: CartId | None, actions: Sequence[Action]) -> Looked | Refused:
    """The cart with all that its change is going to need: by two statements where it takes the cart to know what that is."""
    if not any(isinstance(action, domain.UpdateLines) for action in actions):
        return await cart_to_price(uow, id, besides_of(actions))
    cart = await cart_to_save(uow, id)
    if isinstance(cart, Refused):
        return cart
    return Looked(cart, await outset_of(uow.ahead, cart, uow.by.at, besides_of(actions, cart)))


async def apply(
    uow: UnitOfWork, cart: Cart, actions: Sequence[Asked], acknowledge: frozenset[str] = frozenset()
) -> Done[Cart] | Refused:
    """All actions one after the other, or none and everything that is wrong. The cart, or whatever it is a draft of, is
    locked, and somebody's who may change it.
    """
    work = await Work.on(uow, cart, [asked.action for asked in actions], acknowledge)
    return await _applied(work, cart, actions, looked=False)


async def _applied(work: "Work", cart: Cart, actions: Sequence[Asked], *, looked: bool) -> Done[Cart] | Refused:
    for asked in actions:
        await work.do(asked)
    if work.reasons:
        return Refused(reasons=tuple(work.reasons))
    if not work.events:
        return Done(result=cart, notices=tuple(work.notices), known=work.outset)
    changed = touched(work.cart, work.channel, work.uow.by.at)
    await CartStore(work.uow).save(cart, changed, work.events, looked=looked)
    return Done(result=changed, notices=tuple(work.notices), known=work.outset)


async def delete(uow: UnitOfWork, wanted: ChangeCart) -> DeletedCart | Refused:
    store, cart = CartStore(uow), await cart_to_change(uow, wanted.cart_id)
    if isinstance(cart, Refused):
        return cart
    if stale := check_revision(cart.revision, wanted.expected_revision):
        return stale
    decided = domain.decide(cart, domain.DeleteCart(), facts(uow.by))
    if isinstance(decided, Refused):
        return decided
    await store.delete(cart, decided)
    return DeletedCart(id=cart.id)


async def load(uow: UnitOfWork, id: UUID) -> Cart | Refused:
    """What an earlier request changed, as it is now."""
    return await CartStore(uow).get(id) or refuse(NotFound(path=("cartId",)))


async def load_deleted(uow: UnitOfWork, id: UUID) -> DeletedCart:  # noqa: ARG001 - nothing is left to load
    return DeletedCart(id=CartId(id))


def touched(cart: Cart, channel: Channel, at: datetime) -> Cart:
    """One revision on, and alive for another while."""
    days = timedelta(days=channel.cart_days)
    return replace(cart, revision=cart.revision + 1, updated_at=at, expires_at=at + days)


def author(by: Attribution) -> Author:
    return Author(kind=by.actor.kind, id=by.actor.id)


def facts(by: Attribution) -> Facts:
    """What is known without looking anything up."""
    assisting = by.actor.delegation is not None
    return Facts(at=by.at, author=author(by), assisting=assisting, variants={}, shipping={})


class Work:
    """A cart on which several commands are carried out one after the other."""

    def __init__(
        self,
        uow: UnitOfWork,
        cart: Cart,
        channel: Channel,
        outset: Outset | None = None,
        acknowledged: frozenset[str] = frozenset(),
    ) -> None:
        self.uow, self.cart, self.channel, self.outset, self.acknowledged = uow, cart, channel, outset, acknowledged
        self.events: list[CartEvent] = []
        self.reasons: list[Refusal] = []
        self.notices: list[Notice] = []

    @classmethod
    async def on(
        cls, uow: UnitOfWork, cart: Cart, actions: Sequence[Action] = (), acknowledged: frozenset[str] = frozenset()
    ) -> "Work":
        """With all that these actions and the answer are going to need, unless the cart is long."""
        known = await outset_of(uow.ahead, cart, uow.by.at, besides_of(actions, cart))
        return cls(uow, cart, known.channel, known, acknowledged)

    async def do(self, asked: Asked) -> None:
        """What follows an action that was refused is tried all the same, so that all is told at once."""
        command = await self._looked_up(asked.action)
        if isinstance(command, Refused):
            self.reasons += _within(asked.path, command.reasons)
            return
        known, found = await self._facts(command)
        decided = await self._decided(command, known)
        if isinstance(decided, Refused):
            self.reasons += _within(asked.path, decided.reasons)
            return
        self.notices += _within(asked.path, domain.notices(self.cart, command))
        self.cart = domain.evolved(self.cart, decided)
        self.events += decided
        self.notices += _within(asked.path, shortages(self.cart, decided, found))

    async def _decided(self, command: CartCommand, known: Facts) -> Decision[CartEvent]:
        """By the prices known at the outset, if it turns out that no others are needed."""
        if self.outset and known.prices is not None:
            decided = domain.decide(self.cart, command, known)
            if not isinstance(decided, Refused) and self.outset.prices(self.cart, domain.prices_of(decided)):
                return decided
            known = replace(known, prices=None)
        return domain.decide(self.cart, command, await self._with_prices(known, command))

    async def _looked_up(self, action: Action) -> CartCommand | Refused:
        if not isinstance(action, PayBy):
            return action
        to_pay = ToPay(
            customer_id=self.cart.customer_id,
            currency=self.cart.currency,
            language=self.cart.language,
            offers=self.channel.payment_offers,
            cards=self.outset.cards if self.outset else {},
        )
        found = await looked_up(self.uow, action.chosen, to_pay)
        return found if isinstance(found, Refused) else domain.SetPaymentInstructions(instructions=found.instructions)

    async def _facts(self, command: CartCommand) -> tuple[Facts, Sequence[VariantFacts]]:
        """Only what the command needs is looked up."""
        found = await self._variants(command)
        is_of_lines = isinstance(command, domain.AddLines | domain.UpdateLines)
        known = replace(
            facts(self.uow.by),
            currencies=self.channel.currencies,
            time_zone=self.channel.time_zone,
            fields=self.channel.fields,
            new_ids=tuple(self.uow.new_id() for _ in range(_made_by(command))),
            variants=sellables(found),
            prices=_amounts(self.outset) if self.outset and is_of_lines else None,
        )
        if isinstance(command, domain.SetShippingMethod | domain.SetShipGroups):
            return replace(known, shipping=await self._shipping(command)), found
        if isinstance(command, domain.MoneyAction):
            money = await adjusting.known(self.uow, self.cart, self.channel, command, self.acknowledged)
            return replace(known, money=money), found
        return known, found

    async def _variants(self, command: CartCommand) -> list[VariantFacts]:
        match command:
            case domain.AddLines(lines=lines):
                refs: Iterable[VariantRef] = [line.variant for line in lines]
            case domain.UpdateLines(lines=updates):
                changed = {update.line_id for update in updates}
                refs = [line.variant_id for line in self.cart.lines if line.id in changed]
            case _:
                return []
        wanted = set(refs)
        if self.outset and (known := self.outset.variants(wanted)) is not None:
            return known
        return await cart_facts.variant_facts(
            self.uow.connection,
            ids=[ref for ref in wanted if not isinstance(ref, str)],
            skus=[ref for ref in wanted if isinstance(ref, str)],
            channel_id=self.channel.id,
            language=self.cart.language,
            at=self.uow.by.at,
            cart_ids=[self.cart.id],
        )

    async def _with_prices(self, known: Facts, command: CartCommand) -> Facts:
        wanted = domain.prices_wanted(self.cart, command, known)
        currency = command.currency if isinstance(command, domain.SetCurrency) else self.cart.currency
        if not wanted:
            return known
        if self.outset and currency == self.cart.currency and self.outset.prices(self.cart, wanted):
            return replace(known, prices=_amounts(self.outset))
        return replace(known, prices=await prices_in(self.uow, self.cart, currency, wanted))

    async def _shipping(self, command: domain.SetShippingMethod | domain.SetShipGroups) -> domain.Offers:
        group = self.cart.group(command.ship_group_id) if isinstance(command, domain.SetShippingMethod) else None
        return offers(self.cart, group, await self._market())

    async def _market(self) -> MarketFacts:
        cart = self.cart
        if self.outset and self.outset.tells(cart, cart.language):
            return self.outset.facts
        found = await cart_facts.market_facts(
            self.uow.connection, [cart], channel=self.channel, language=cart.language, at=self.uow.by.at
        )
        return found[cart.id]


def _amounts(outset: Outset) -> dict[tuple[VariantId, int], int]:
    return {key: price.amount for key, price in outset.facts.prices.items()}


_MOST_LINES: Final = 50
"""Of a cart with more, only what is added or changed is looked up beforehand."""


def besides_of(actions: Iterable[Action], cart: Cart | None = None) -> Besides:
    """The articles that actions are about, in the quantities that they will have, and where they send something; of lines that
    are changed, only if the cart is known.
    """
    wanted: list[Wanted] = []
    countries: set[str] = set()
    tokens: set[str] = set()
    for action in actions:
        match action:
            case domain.AddLines(lines=added):
                wanted += [(line.variant, line.quantity) for line in added]
            case domain.UpdateLines(lines=updates) if cart:
                known = ((cart.line(each.line_id), each.change) for each in updates)
                wanted += [one for line, change in known if line for one in _quantities(line, change)]
            case PayBy(chosen=chosen):
                tokens |= {one.card_token for one in chosen.instructions if one.card_token}
            case _:
                countries |= _countries(action)
    return Besides(
        wanted=tuple(wanted), countries=frozenset(countries), tokens=frozenset(tokens), most_lines=_MOST_LINES
    )


def _quantities(line: domain.CartLine, change: domain.SetTo | domain.ChangeBy) -> list[Wanted]:
    """Of a line before and after."""
    after = change.quantity if isinstance(change, domain.SetTo) else line.quantity + change.delta
    return [(line.variant_id, one) for one in (line.quantity, after) if 0 < one <= domain.MAX_QUANTITY]


def _countries(action: Action) -> set[str]:
    """Where an action sends something, or the bill."""
    match action:
        case domain.SetShippingAddress(address=address) | domain.SetBillingAddress(address=address):
            return {address.country} if address else set()
        case domain.SetShipGroups(groups=groups):
            return {group.address.country for group in groups if group.address}
        case _:
            return set()


def _within(path: Path, findings: Iterable[F]) -> list[F]:
    """Findings about an action, at the place where the action stands."""
    return [replace(finding, path=(*path, *finding.path)) if path else finding for finding in findings]


def _made_by(command: CartCommand) -> int:
    """How many new things with an id a command may make."""
    match command:
        case domain.AddLines(lines=lines):
            return len(lines)
        case domain.SetShipGroups(groups=groups):
            return len(groups)
        case domain.OverrideLinePrice() | domain.OverrideCharge() | domain.AddCharge() | domain.Deduct():
            return 1
        case _:
            return 0


async def prices_in(
    uow: UnitOfWork, cart: Cart, currency: str, wanted: Iterable[tuple[VariantId, int]]
) -> dict[tuple[VariantId, int], int]:
    """Unit prices for whoever owns the cart."""
    customers = {cart.customer_id} if cart.customer_id else set()
    groups = await cart_facts.groups_of(uow.connection, customers)
    found = await unit_prices(
        uow.connection,
        list(wanted),
        channel_id=cart.channel_id,
        currency=currency,
        customer_group_ids=groups.get(cart.customer_id, frozenset()) if cart.customer_id else frozenset(),
        at=uow.by.at,
    )
    return {(VariantId(variant_id), quantity): price.amount for (variant_id, quantity), price in found.items()}


def sellables(found: Iterable[VariantFacts]) -> dict[VariantRef, Sellable]:
    """By id, and by SKU where there is one."""
    known: dict[VariantRef, Sellable] = {}
    for variant in found:
        sellable = Sellable(variant_id=variant.id, on_sale=variant.on_sale, rules=variant.rules)
        known[variant.id] = sellable
        if variant.sku is not None:
            known[variant.sku] = sellable
    return known


def shortages(cart: Cart, events: Iterable[CartEvent], found: Iterable[VariantFacts]) -> list[Notice]:
    """Of the lines that were just added or changed, those that the stock does not cover. They are kept as asked (S0-02)."""
    known = {variant.id: variant for variant in found}
    short: dict[VariantId, Notice] = {}
    for event in events:
        match event:
            case domain.CartLineAdded(line=line):
                line_id, variant_id = line.id, line.variant_id
            case domain.CartLineChanged(line_id=line_id, variant_id=variant_id):
                pass
            case _:
                continue
        wanted = sum(line.quantity for line in cart.lines if line.variant_id == variant_id)
        held = _held(cart, variant_id)
        if (variant := known.get(variant_id)) and not variant.availability.covers(wanted - held):
            short[variant_id] = domain.InsufficientStock(
                line_id=line_id, requested=wanted, available=variant.availability.most + held
            )
    return list(short.values())


def _held(cart: Cart, variant_id: VariantId) -> int:
    """Units that the order holds already of which this is an edit."""
    if cart.purpose is not domain.Purpose.ORDER_EDIT or cart.agreement is None:
        return 0
    lines = {line.id for line in cart.lines if line.variant_id == variant_id}
    return sum(agreed.quantity for agreed in cart.agreement.lines if agreed.line_id in lines)
