"""From a cart to an order: what is still missing, what the buyer was shown, and whether that still holds (S0-20, S0-21).

The summary token holds the commercial facts that the buyer was shown, so that at placing every difference can be named. Who
forges one deceives only himself: what counts is what holds at placing.
"""

import json
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, TypeAlias
from uuid import UUID

from commerce_api.domain.card import CardFace
from commerce_api.domain.cart import MAX_LINES, MAX_QUANTITY, PaymentInstruction, agreed, unsaid
from commerce_api.domain.cart_plan import to_separate
from commerce_api.domain.custom_field import CustomField
from commerce_api.domain.decision import Refusal
from commerce_api.domain.money import MAX_SUM
from commerce_api.domain.payment_offers import (
    CARDS_ONLY,
    Payer,
    PaymentObstacle,
    PaymentOffer,
    chosen_obstacle,
    offer_of,
)
from commerce_api.domain.priced_cart import PricedCart, PricedLine
from commerce_api.domain.value import value

MOST_INSTRUCTIONS: Final = 10
_LONGEST_TOKEN, _LONGEST_FACTS = 200_000, 2_000_000


class Requirement(StrEnum):
    """What an order needs (S1-07)."""

    LINES = "LINES"
    LINE_ON_SALE = "LINE_ON_SALE"
    STOCK = "STOCK"
    SEPARATE_ORDER = "SEPARATE_ORDER"
    DEDUCTIONS = "DEDUCTIONS"
    EMAIL_OR_PHONE = "EMAIL_OR_PHONE"
    SHIPPING_ADDRESS = "SHIPPING_ADDRESS"
    SHIPPING_METHOD = "SHIPPING_METHOD"
    BILLING_ADDRESS = "BILLING_ADDRESS"
    PAYMENT = "PAYMENT"
    PAYMENT_AMOUNTS = "PAYMENT_AMOUNTS"
    PAYMENT_METHOD = "PAYMENT_METHOD"
    TERMS = "TERMS"
    BUYER_PO_NUMBER = "BUYER_PO_NUMBER"
    FIELD = "FIELD"
    PRICE_EXPIRED = "PRICE_EXPIRED"
    APPROVAL = "APPROVAL"


@value
class Missing:
    """A requirement that is not met, and the line, ship group, payment instruction (by its place) or custom field that it is
    about.
    """

    requirement: Requirement
    line_id: UUID | None = None
    ship_group_id: UUID | None = None
    instruction: int | None = None
    obstacle: PaymentObstacle | None = None
    field: str | None = None


@value
class ReadinessIncomplete(Refusal):
    """Something is still missing before this can be ordered."""

    missing: tuple[Missing, ...]


@value
class Checkout:
    """A priced cart with the rest of what ordering takes. `cards` by their tokens; `terms_version` is the one in force;
    `offers` are the ways to pay; `fields` are all custom fields of orders and lines.
    """

    priced: PricedCart
    email: str
    cards: Mapping[str, CardFace]
    payer: Payer
    offers: tuple[PaymentOffer, ...] = CARDS_ONLY
    terms_version: str
    fields: tuple[CustomField, ...] = ()
    po_number_required: bool = False
    at: datetime


# What is missing.


def missing(checkout: Checkout) -> tuple[Missing, ...]:
    """Everything at once, in the order in which a storefront asks for it."""
    priced = checkout.priced
    return (*_of_lines(priced), *_of_groups(priced), *_of_buyer(checkout), *_of_particulars(checkout))


def _of_lines(priced: PricedCart) -> Iterator[Missing]:
    if not priced.cart.lines:
        yield Missing(requirement=Requirement.LINES)
    for line in priced.lines:
        if not line.sold:
            yield Missing(requirement=Requirement.LINE_ON_SALE, line_id=line.line.id)
        elif not line.in_stock:
            yield Missing(requirement=Requirement.STOCK, line_id=line.line.id)
    for line_id in to_separate(priced):
        yield Missing(requirement=Requirement.SEPARATE_ORDER, line_id=line_id)
    if priced.deducted_too_much:
        yield Missing(requirement=Requirement.DEDUCTIONS)


def _of_groups(priced: PricedCart) -> Iterator[Missing]:
    for group in priced.groups:
        if group.requires_shipping and group.group.address is None:
            yield Missing(requirement=Requirement.SHIPPING_ADDRESS, ship_group_id=group.group.id)
        elif group.requires_shipping and group.chosen is None and group.agreed is None:
            yield Missing(requirement=Requirement.SHIPPING_METHOD, ship_group_id=group.group.id)


def _of_buyer(checkout: Checkout) -> Iterator[Missing]:
    cart = checkout.priced.cart
    if not checkout.email and not cart.phone:
        yield Missing(requirement=Requirement.EMAIL_OR_PHONE)
    if cart.bill_to is None:
        yield Missing(requirement=Requirement.BILLING_ADDRESS)
    yield from _of_payment(checkout)
    if cart.terms_version != checkout.terms_version:
        yield Missing(requirement=Requirement.TERMS)


def _of_payment(checkout: Checkout) -> Iterator[Missing]:
    """Whether the instructions cover exactly what is due, each with something that can be used for so much."""
    instructions, due = checkout.priced.cart.payment_instructions, checkout.priced.totals.due
    amounts: Sequence[int | None] | None = shares(instructions, due)
    if amounts is None:
        yield Missing(requirement=Requirement.PAYMENT_AMOUNTS if instructions else Requirement.PAYMENT)
    for number, (one, amount) in enumerate(zip(instructions, amounts or [None] * len(instructions), strict=True)):
        offer, card = offer_of(checkout.offers, one.method), checkout.cards.get(one.card_token or "")
        if amount != 0 and (against := chosen_obstacle(offer, checkout.payer, amount, card, checkout.at)):
            yield Missing(requirement=Requirement.PAYMENT_METHOD, instruction=number, obstacle=against)


def _of_particulars(checkout: Checkout) -> Iterator[Missing]:
    cart = checkout.priced.cart
    if checkout.po_number_required and not cart.particulars.po_number:
        yield Missing(requirement=Requirement.BUYER_PO_NUMBER)
    for line_id, code in unsaid(cart, checkout.fields):
        yield Missing(requirement=Requirement.FIELD, line_id=line_id, field=code)


def shares(instructions: Sequence[PaymentInstruction], due: int) -> list[int] | None:
    """What each instruction pays; one without an amount takes the remainder. None if they do not add up to what is due."""
    fixed = sum(instruction.amount or 0 for instruction in instructions)
    open_ended = [instruction for instruction in instructions if instruction.amount is None]
    rest = due - fixed
    if rest < 0 or len(open_ended) > 1 or (rest and not open_ended):
        return None
    return [rest if one.amount is None else one.amount for one in instructions]


def dues(instructions: Sequence[PaymentInstruction], due: int) -> list[tuple[PaymentInstruction, int]] | None:
    """The instructions that pay anything, each with how much; None if they do not add up to what is due."""
    amounts = shares(instructions, due)
    if amounts is None:
        return None
    return [(one, amount) for one, amount in zip(instructions, amounts, strict=True) if amount]


# What the buyer was shown.

Facts: TypeAlias = Mapping[str, Any]


class DifferenceKind(StrEnum):
    """What is not as it was shown."""

    LINE_ADDED = "LINE_ADDED"
    LINE_REMOVED = "LINE_REMOVED"
    QUANTITY = "QUANTITY"
    UNIT_PRICE = "UNIT_PRICE"
    LINE_TOTAL = "LINE_TOTAL"
    AVAILABILITY = "AVAILABILITY"
    SHIPPING = "SHIPPING"
    CHARGE = "CHARGE"
    DESTINATION = "DESTINATION"
    DISCOUNT = "DISCOUNT"
    TAX = "TAX"
    TOTAL = "TOTAL"
    CURRENCY = "CURRENCY"
    BUYER = "BUYER"
    PAYMENT = "PAYMENT"
    TERMS = "TERMS"
    SHIPPING_WISHES = "SHIPPING_WISHES"
    DETAILS = "DETAILS"


@value
class Difference:
    """Of the line, ship group or charge `subject`, or of the whole. Amounts are in minor units; personal facts are not told."""

    kind: DifferenceKind
    subject: UUID | None = None
    before: int | None = None
    after: int | None = None


@value
class SummaryChanged(Refusal):
    """Some of this is not as you were shown; please look at the summary again."""

    differences: tuple[Difference, ...]
    summary_token: str
    currency: str


@value
class SummaryTokenInvalid(Refusal):
    """This is not a token of `checkoutSummary`; ask for the summary again."""


_LINE: Final = (
    DifferenceKind.QUANTITY,
    DifferenceKind.UNIT_PRICE,
    DifferenceKind.LINE_TOTAL,
    DifferenceKind.AVAILABILITY,
)
_AMOUNTS: Final = {
    "discount": DifferenceKind.DISCOUNT,
    "tax": DifferenceKind.TAX,
    "total": DifferenceKind.TOTAL,
}
_TEXTS: Final = {
    "currency": DifferenceKind.CURRENCY,
    "buyer": DifferenceKind.BUYER,
    "payment": DifferenceKind.PAYMENT,
    "terms": DifferenceKind.TERMS,
    "wishes": DifferenceKind.SHIPPING_WISHES,
    "details": DifferenceKind.DETAILS,
}


def facts_of(checkout: Checkout) -> Facts:
    """All that an order would commit both sides to."""
    priced, cart, totals = checkout.priced, checkout.priced.cart, checkout.priced.totals
    chosen = {g.group.id: g.chosen for g in priced.groups}
    shipping = {charge.id: charge.amount for charge in totals.charges if charge.ship_group_id}
    return {
        "currency": cart.currency,
        "total": totals.total,
        "tax": totals.tax_total,
        "discount": totals.discount_total,
        "terms": checkout.terms_version,
        "buyer": _digest(checkout.email, cart.phone, cart.bill_to),
        "details": _digest(*agreed(cart, checkout.fields)),
        "payment": _digest(*((i.method, i.card_token, i.amount) for i in cart.payment_instructions)),
        "wishes": _digest(
            priced.availability_choice,
            *((g.group.id, g.group.requested_ship_date) for g in priced.groups),
            *((each.id, each.requests, each.availability_choice, each.tie_group) for each in cart.lines),
        ),
        "lines": {line.line.id.hex: _line_facts(line) for line in priced.lines},
        "shipping": {id_.hex: [shipping[id_], option.method.id.hex] for id_, option in chosen.items() if option},
        "charges": {c.id.hex: [c.amount, c.kind] for c in totals.charges if c.id not in shipping},
        "groups": {g.group.id.hex: _digest(g.group.address, sorted(g.quantities.items())) for g in priced.groups},
    }


def _line_facts(line: PricedLine) -> list[Any]:
    total = line.total
    priced = [total.unit_price, total.total] if total else [None, None]
    return [line.line.quantity, *priced, to_wait_for(line), line.line.variant_id.hex]


def to_wait_for(line: PricedLine) -> int:
    """Units of a line that are not here yet."""
    return line.variant.availability.to_wait_for(line.line.quantity) if line.variant else 0


def _digest(*parts: Any) -> str:
    return sha256(json.dumps(parts, default=_plain).encode()).hexdigest()[:16]


def _plain(part: Any) -> Any:
    return str(part) if isinstance(part, UUID | date) else [getattr(part, field.name) for field in fields(part)]


def summary_token(facts: Facts) -> str:
    packed = zlib.compress(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode(), 9)
    return urlsafe_b64encode(packed).decode().rstrip("=")


def read_summary_token(token: str) -> Facts | None:
    """The facts in a token; None if it is none."""
    if len(token) > _LONGEST_TOKEN:
        return None
    try:
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(urlsafe_b64decode(token + "=" * (-len(token) % 4)), _LONGEST_FACTS)
        facts = json.loads(text)
    except (ValueError, zlib.error, RecursionError):
        return None
    return facts if _well_formed(facts) else None


def _well_formed(facts: Any) -> bool:
    """Whether these could be facts of ours: whoever forges a token must not get further than to a wrong comparison."""
    return (
        isinstance(facts, dict)
        and facts.keys() == _SHAPE.keys()
        and all(isinstance(facts[name], kind) for name, kind in _SHAPE.items())
        and all(_is_number(facts[name]) for name in _AMOUNTS)
        and max(len(facts[name]) for name in _BY_ID) <= MAX_LINES
        and all(_ID.fullmatch(id_) for name in _BY_ID for id_ in facts[name])
        and all(map(_is_line, facts["lines"].values()))
        and all(map(_is_option, (*facts["shipping"].values(), *facts["charges"].values())))
    )


_BY_ID: Final = ("lines", "shipping", "charges", "groups")
_SHAPE: Final = {
    **dict.fromkeys(_AMOUNTS, int),
    **dict.fromkeys(_TEXTS, str),
    **dict.fromkeys(_BY_ID, dict),
}
_ID: Final = re.compile(r"[0-9a-f]{32}")


def _is_line(found: Any) -> bool:
    match found:
        case [quantity, unit_price, total, waiting, str()]:
            units = _is_number(quantity, MAX_QUANTITY) and _is_number(waiting, MAX_QUANTITY)
            return units and all(amount is None or _is_number(amount) for amount in (unit_price, total))
        case _:
            return False


def _is_option(found: Any) -> bool:
    match found:
        case [price, str()]:
            return _is_number(price)
        case _:
            return False


def _is_number(found: Any, most: int = MAX_SUM) -> bool:
    return type(found) is int and 0 <= found <= most


def differences(before: Facts, after: Facts) -> tuple[Difference, ...]:
    """Everything that is not as it was shown; empty if the order is the one that the buyer saw."""
    return (*_between_lines(before, after), *_between_groups(before, after), *_between_totals(before, after))


def _between_lines(before: Facts, after: Facts) -> Iterator[Difference]:
    old, new = before["lines"], after["lines"]
    for id_ in [*old, *(id_ for id_ in new if id_ not in old)]:
        if id_ not in new:
            yield Difference(kind=DifferenceKind.LINE_REMOVED, subject=UUID(hex=id_))
        elif id_ not in old:
            yield Difference(kind=DifferenceKind.LINE_ADDED, subject=UUID(hex=id_))
        else:
            for kind, was, is_ in zip(_LINE, old[id_], new[id_], strict=False):
                if was != is_:
                    yield Difference(kind=kind, subject=UUID(hex=id_), before=was, after=is_)


def _between_groups(before: Facts, after: Facts) -> Iterator[Difference]:
    for name, kind in (("shipping", DifferenceKind.SHIPPING), ("charges", DifferenceKind.CHARGE)):
        for id_ in sorted({*before[name], *after[name]}):
            was, is_ = before[name].get(id_), after[name].get(id_)
            if was != is_:
                prices = [one and one[0] for one in (was, is_)]
                yield Difference(kind=kind, subject=UUID(hex=id_), before=prices[0], after=prices[1])
    for id_ in sorted({*before["groups"], *after["groups"]}):
        if before["groups"].get(id_) != after["groups"].get(id_):
            yield Difference(kind=DifferenceKind.DESTINATION, subject=UUID(hex=id_))


def _between_totals(before: Facts, after: Facts) -> Iterator[Difference]:
    for name, kind in _AMOUNTS.items():
        if before[name] != after[name]:
            yield Difference(kind=kind, before=before[name], after=after[name])
    for name, kind in _TEXTS.items():
        if before[name] != after[name]:
            yield Difference(kind=kind)
