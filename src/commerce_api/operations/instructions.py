"""How something is paid: chosen for a cart, or anew for an order that was not paid yet (S0-19, S0-27)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from commerce_api.adapters.tokens import token_hash
from commerce_api.domain import cart as carts
from commerce_api.domain.actor import SYSTEM, Actor
from commerce_api.domain.card import CardExpired, CardFace, expired
from commerce_api.domain.cart import Cart, PaymentInstruction
from commerce_api.domain.checkout import dues
from commerce_api.domain.decision import InvalidValue, NotFound, Refusal, Refused, check_revision, refuse
from commerce_api.domain.ids import CartId, CustomerId, OrderId, PaymentId, TransactionId
from commerce_api.domain.order import Order, ReplaceInstructions, Resubmit, decide
from commerce_api.domain.payment import Payment, PaymentMethodKind
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.operations import acting, payments
from commerce_api.operations.carts import facts, touched
from commerce_api.operations.placing import INLINE_HEAD_START
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores import kept_cards, one_time_tokens, vault
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.one_time_tokens import Purpose
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.unit_of_work import UnitOfWork

KEPT: Final = "pmt_"
"""How the global id of a kept card begins; an instruction names it in place of the token until it has been looked up."""


@value
class CardTokenInvalid(Refusal):
    """The card vault does not know this token."""


@value
class PaymentAmountsMismatch(Refusal):
    """The amounts do not add up to what is due; leave one out for the remainder."""


@value
class PaymentLinkInvalid(Refusal):
    """This link was used or has expired; please ask us for a new one."""


@value
class Chosen:
    """`kept` are the ids of kept cards by how the instructions name them; `currencies` those of all amounts."""

    instructions: tuple[PaymentInstruction, ...]
    kept: Mapping[str, UUID]
    currencies: frozenset[str]


@value
class PayCart:
    cart_id: CartId | None
    chosen: Chosen
    expected_revision: int | None = None


@value
class OrderToPay:
    """By its id for those who may see it, or by the secret of a mailed link."""

    order_id: OrderId | None = None
    link: str | None = None


@value
class PayOrder:
    order: OrderToPay
    chosen: Chosen


@value
class TryAgain:
    order: OrderToPay
    inline: bool = True


async def pay_cart(uow: UnitOfWork, command: PayCart) -> Cart | Refused:
    store, cart = CartStore(uow), await acting.cart_to_change(uow, command.cart_id)
    if isinstance(cart, Refused):
        return cart
    if stale := check_revision(cart.revision, command.expected_revision):
        return stale
    found = await _looked_up(uow, command.chosen, cart.currency, cart.customer_id)
    if isinstance(found, Refused):
        return found
    instructions, _ = found
    decided = carts.decide(cart, carts.SetPaymentInstructions(instructions=instructions), facts(uow.by))
    if isinstance(decided, Refused) or not decided:
        return decided if isinstance(decided, Refused) else cart
    channel = await channel_by_id(uow.connection, cart.channel_id)
    changed = touched(carts.evolved(cart, decided), channel, uow.by.at)
    await store.save(cart, changed, decided)
    return changed


async def pay_order(uow: UnitOfWork, command: PayOrder) -> Order | Refused:
    """Keep new instructions for an order; no bank is asked yet."""
    orders, order = await _open(uow, command.order)
    if order is None:
        return _not_there(command.order)
    if refused := await acting.against(uow, order.customer_id):
        return refused
    found = await _looked_up(uow, command.chosen, order.currency, order.customer_id)
    if isinstance(found, Refused):
        return found
    prepared = _payments(uow, order, *found)
    if prepared is None:
        return refuse(PaymentAmountsMismatch(path=("instructions",)))
    decided = decide(order, ReplaceInstructions(payments=prepared))
    return decided if isinstance(decided, Refused) else await payments.save(uow, orders, order, decided)


async def try_again(uow: UnitOfWork, command: TryAgain) -> Order | Refused:
    """Ask the bank once more, after the commit. A link is used up by this, with all others of the order."""
    orders, order = await _open(uow, command.order)
    if order is None or (command.order.link and not await _used_up(uow, order.id, command.order.link)):
        return _not_there(command.order)
    if refused := await acting.against(uow, order.customer_id):
        return refused
    count = max(len(order.payments), 1)
    decided = decide(
        order,
        Resubmit(
            at=uow.by.at,
            spare_ids=tuple(TransactionId(uow.new_id()) for _ in range(count)),
            payment_ids=tuple(PaymentId(uow.new_id()) for _ in range(count)),
        ),
    )
    if isinstance(decided, Refused):
        return decided
    after = await payments.save(uow, orders, order, decided)
    due_at = uow.by.at + INLINE_HEAD_START if command.inline else uow.by.at
    key = f"authorize:{order.id}:{after.attempts}"
    await uow.outbox.put(payments.ADVANCE, {"order_id": order.id}, dedupe_key=key, due_at=due_at)
    return after


async def _used_up(uow: UnitOfWork, order_id: OrderId, link: str) -> bool:
    found = await one_time_tokens.use(uow.connection, Purpose.PAY_ORDER, token_hash(link), uow.by.at)
    await one_time_tokens.forget(uow.connection, Purpose.PAY_ORDER, order_id)
    return found is not None


async def load(uow: UnitOfWork, id: UUID) -> Order | Refused:
    """The order that an earlier request was about; whoever has its answer's key has proven to be the same caller."""
    return await OrderStore(uow, SYSTEM).get(id) or refuse(NotFound())


async def to_pay(uow: UnitOfWork, wanted: OrderToPay) -> Order | Refused:
    """What is to be paid, for whoever has the right or the link."""
    _, order = await _open(uow, wanted)
    return order or _not_there(wanted)


async def _open(uow: UnitOfWork, wanted: OrderToPay) -> tuple[OrderStore, Order | None]:
    if not wanted.link:
        orders = OrderStore(uow)
        order = await orders.get(wanted.order_id) if wanted.order_id else None
        return orders, order if order and _may_pay(uow.by.actor, order) else None
    proven = OrderStore(uow, SYSTEM)
    order_id = await one_time_tokens.find(uow.connection, Purpose.PAY_ORDER, token_hash(wanted.link), uow.by.at)
    return proven, await proven.get(order_id) if order_id else None


def _may_pay(actor: Actor, order: Order) -> bool:
    """Staff may where they act for customers; seeing an order is not enough."""
    return (
        not actor.is_staff
        or actor.delegation is not None
        or actor.may_in(Permission.ACT_FOR_CUSTOMERS, order.channel_id)
    )


def _not_there(wanted: OrderToPay) -> Refused:
    return refuse(PaymentLinkInvalid(path=("paymentToken",)) if wanted.link else NotFound(path=("orderId",)))


async def _looked_up(
    uow: UnitOfWork, chosen: Chosen, currency: str, customer_id: CustomerId | None
) -> tuple[tuple[PaymentInstruction, ...], Mapping[str, CardFace]] | Refused:
    """Instructions with ids and the tokens of kept cards filled in, and the cards of all tokens; or all that is wrong."""
    if chosen.kept and (refused := await acting.against_cards(uow, customer_id, ("instructions",))):
        return refused
    owner = customer_id if uow.by.actor.is_staff else uow.by.actor.customer_id
    kept = await kept_cards.tokens(uow.connection, owner, list(chosen.kept.values())) if chosen.kept else {}
    named = {name: kept.get(id_) for name, id_ in chosen.kept.items()}
    instructions = tuple(
        replace(one, id=uow.new_id(), card_token=named.get(_token(one), _token(one))) for one in chosen.instructions
    )
    cards = await vault.faces(uow.connection, [_token(one) for one in instructions])
    problems = [*_problems(uow, chosen.instructions, instructions, cards)]
    if chosen.currencies - {currency}:
        problems.append(InvalidValue(path=("instructions",), problem=f"All amounts are in {currency}."))
    return Refused(reasons=tuple(problems)) if problems else (instructions, cards)


def _token(instruction: PaymentInstruction) -> str:
    return instruction.card_token or ""


def _problems(
    uow: UnitOfWork,
    raw: Sequence[PaymentInstruction],
    found: Sequence[PaymentInstruction],
    cards: Mapping[str, CardFace],
) -> list[Refusal]:
    problems: list[Refusal] = []
    for number, (given, one) in enumerate(zip(raw, found, strict=True)):
        path, card = ("instructions", str(number)), cards.get(_token(one))
        if card is None and _token(given).startswith(KEPT):
            problems.append(NotFound(path=(*path, "paymentMethodId")))
        elif card is None:
            problems.append(CardTokenInvalid(path=(*path, "cardToken")))
        elif expired(card.expiry_month, card.expiry_year, uow.by.at):
            problems.append(CardExpired(path=path))
    return problems


def _payments(
    uow: UnitOfWork, order: Order, instructions: Sequence[PaymentInstruction], cards: Mapping[str, CardFace]
) -> tuple[Payment, ...] | None:
    used = dues(instructions, order.total)
    if used is None:
        return None
    return tuple(
        Payment(
            id=PaymentId(uow.new_id()),
            attempt=order.attempts + 1,
            position=position,
            method=PaymentMethodKind(instruction.method),
            amount=amount,
            card_token=instruction.card_token,
            card=cards[_token(instruction)],
        )
        for position, (instruction, amount) in enumerate(used)
    )
