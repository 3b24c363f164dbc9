"""What a quote offers, as it is frozen when it is sent (Q1): whatever the catalog says later, a version reads as it was."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from datetime import date, datetime
from hashlib import sha256
from typing import Any, TypeAlias

import orjson

from commerce_api.domain.address import Address
from commerce_api.domain.adjustment import Adjustment
from commerce_api.domain.cart import Cart
from commerce_api.domain.checkout import Missing, Requirement
from commerce_api.domain.custom_field import FieldValues
from commerce_api.domain.ids import CartLineId, ProductId, QuoteId, ShipGroupId, ShippingMethodId, VariantId
from commerce_api.domain.line_requests import NO_REQUESTS, LineRequests
from commerce_api.domain.priced_cart import PricedCart, PricedGroup, PricedLine
from commerce_api.domain.quote.choices import (
    Choice,
    ChoiceKind,
    Choices,
    family,
    first_of_each,
    taken,
    with_all_options,
    with_line,
)
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.domain.tax import TaxPolicy
from commerce_api.domain.totals import LineTotal, Totals
from commerce_api.domain.value import replace, value


@value
class QuotedLine:
    """What a line is; what it costs stands in the totals under its id."""

    id: CartLineId
    parent_id: CartLineId | None
    variant_id: VariantId
    product_id: ProductId | None
    sku: str | None
    name: str
    options: tuple[tuple[str, str], ...]
    image_url: str | None
    requires_shipping: bool
    quantity: int
    attributes: Mapping[str, str]
    fields: FieldValues
    requests: LineRequests = NO_REQUESTS
    shipping_policy: ShippingPolicy | None = None
    tie_group: int | None = None


@value
class QuotedGroup:
    """Where and how some of it goes, as far as that is known."""

    id: ShipGroupId
    address: Address | None = field(repr=False)
    instructions: str = field(repr=False)
    requested_ship_date: date | None = None
    method_id: ShippingMethodId | None
    method_code: str
    method_name: str
    quantities: tuple[tuple[CartLineId, int], ...]


@value
class QuotedOption:
    """A line that may be chosen, with its add-ons and what they cost then. `difference` is what the whole comes to then more
    than usual.
    """

    line_id: CartLineId
    lines: tuple[QuotedLine, ...]
    totals: tuple[LineTotal, ...]
    difference: int


@value
class QuotedChoice:
    kind: ChoiceKind
    name: str
    options: tuple[QuotedOption, ...]


@value
class QuoteContent:
    """`estimated` means that an address is missing, so that taxes are those of the channel's home country. Lines and totals are
    those of what is chosen unless somebody says otherwise; `with_options` is with all that may be left out. `adjustments` are what
    staff changed, of whatever is chosen: another reason for the same price is another content.
    """

    currency: str
    po_number: str = field(repr=False)
    gift: bool
    fields: FieldValues = field(repr=False)
    policy: TaxPolicy
    shipping_policy: ShippingPolicy = ShippingPolicy.SHIP_TOGETHER
    lines: tuple[QuotedLine, ...]
    groups: tuple[QuotedGroup, ...]
    totals: Totals
    estimated: bool
    choices: tuple[QuotedChoice, ...] = ()
    with_options: Totals | None = None
    adjustments: tuple[Adjustment, ...] = ()


@value
class VersionRef:
    quote_id: QuoteId
    version: int


@value
class SentQuote:
    """A version with all that is to be read of it on paper. `sender` is the shop's name."""

    number: str
    version: int
    language: str
    time_zone: str
    sender: str
    sent_at: datetime
    valid_until: datetime
    terms: str
    content: QuoteContent


Price: TypeAlias = Callable[[Cart], PricedCart]


def offered(cart: Cart, choices: Choices, price: Price) -> QuoteContent:
    """All that is offered, as of now."""
    content = frozen(price(taken(cart, choices, first_of_each(choices))))
    if not choices:
        return content
    return replace(
        content,
        choices=tuple(_choice(cart, choices, choice, price, content.totals.total) for choice in choices),
        with_options=price(taken(cart, choices, with_all_options(choices))).totals,
        adjustments=cart.adjustments,
    )


def _choice(cart: Cart, choices: Choices, choice: Choice, price: Price, usual: int) -> QuotedChoice:
    options = []
    for line_id in choice.line_ids:
        priced, ids = price(taken(cart, choices, with_line(choices, line_id))), family(cart, line_id)
        options.append(
            QuotedOption(
                line_id=line_id,
                lines=tuple(_line(line) for line in priced.lines if line.line.id in ids),
                totals=tuple(total for total in priced.totals.lines if total.id in ids),
                difference=priced.totals.total - usual,
            )
        )
    return QuotedChoice(kind=choice.kind, name=choice.name, options=tuple(options))


def frozen(priced: PricedCart) -> QuoteContent:
    """What is bought if nothing is left to choose."""
    said = priced.cart.particulars
    return QuoteContent(
        currency=priced.cart.currency,
        po_number=said.po_number,
        gift=said.gift,
        fields=said.fields,
        policy=priced.policy,
        shipping_policy=priced.availability_choice.policy,
        lines=tuple(map(_line, priced.lines)),
        groups=tuple(map(_group, priced.groups)),
        totals=priced.totals,
        estimated=priced.estimated,
        adjustments=priced.cart.adjustments,
    )


def accepted(sent: QuoteContent, chosen: PricedCart) -> QuoteContent:
    """What was sent, with nothing left to choose."""
    options = (line for choice in sent.choices for option in choice.options for line in option.lines)
    known, content = {line.id: line for line in (*options, *sent.lines)}, frozen(chosen)
    return replace(content, lines=tuple(known[line.id] for line in content.lines))


def _line(priced: PricedLine) -> QuotedLine:
    line, variant = priced.line, priced.variant
    return QuotedLine(
        id=line.id,
        parent_id=line.parent_id,
        variant_id=line.variant_id,
        product_id=variant.product_id if variant else None,
        sku=variant.sku if variant else None,
        name=variant.title if variant else "",
        options=variant.options if variant else (),
        image_url=variant.image_url if variant else None,
        requires_shipping=variant is not None and variant.requires_shipping,
        quantity=line.quantity,
        attributes=line.attributes,
        requests=line.requests,
        shipping_policy=line.availability_choice.policy if line.availability_choice else None,
        tie_group=line.tie_group,
        fields=line.fields,
    )


def _group(priced: PricedGroup) -> QuotedGroup:
    method = priced.chosen.method if priced.chosen else None
    return QuotedGroup(
        id=priced.group.id,
        address=priced.group.address,
        instructions=priced.group.instructions,
        requested_ship_date=priced.group.requested_ship_date,
        method_id=method.id if method else None,
        method_code=method.code if method else "",
        method_name=method.name if method else "",
        quantities=tuple(priced.quantities.items()),
    )


def content_hash(content: QuoteContent, *parts: Any) -> str:
    """Another one for everything that is different, if only by a cent. `parts` is what else is promised: to whom, until when,
    under which terms.
    """
    written = orjson.dumps([content, *parts], default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return sha256(written).hexdigest()


def lacking(priced: PricedCart) -> Iterator[Missing]:
    """What must be there before anything is promised. Where it goes and how it is paid may follow later."""
    if not priced.cart.lines:
        yield Missing(requirement=Requirement.LINES)
    for line in priced.lines:
        if not line.sold:
            yield Missing(requirement=Requirement.LINE_ON_SALE, line_id=line.line.id)
