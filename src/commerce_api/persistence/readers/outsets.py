"""What is known at the outset of a change of a cart: the channel with its taxes and ways of shipping, and of all variants that it
may be about what they are, cost and how many there are. One statement, which the answer is made of too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import (
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.cart import Cart, VariantRef
from commerce_api.domain.channel import Channel
from commerce_api.domain.ids import CustomerId, VariantId
from commerce_api.domain.price_list import PriceFound
from commerce_api.domain.priced_cart import MarketFacts, VariantFacts
from commerce_api.domain.value import value
from commerce_api.persistence.readers import cart_facts
from commerce_api.persistence.readers.markets import Asked, known, market_columns, market_of, parameters
from commerce_api.persistence.readers.prices import price_found, price_of
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.catalog import variants

Wanted: TypeAlias = tuple[VariantRef, int]
"""So many units of a variant."""

_PRICE: Final = ("amount", "compare_at", "price_list_id", "lowest")
_wanted = (
    func.unnest(
        bindparam("ids", type_=ARRAY(Uuid())),
        bindparam("skus", type_=ARRAY(Text())),
        bindparam("quantities", type_=ARRAY(Integer())),
    )
    .table_valued("id", "sku", "quantity")
    .render_derived(name="wanted")
)
_meant = or_(variants.c.id == _wanted.c.id, and_(variants.c.sku == _wanted.c.sku, variants.c.deleted_at.is_(None)))
_price = price_of(variants.c.id, _wanted.c.quantity)
_shown = cart_facts.shown_of_variants()
_units = (
    select(func.array_agg(func.row(_wanted.c.quantity, *(_price.c[name] for name in _PRICE), *_shown.columns)))
    .select_from(_shown.source.join(_wanted, _meant).outerjoin(_price, true()))
    .scalar_subquery()
)
_NAMES: Final[tuple[str, ...]] = ("quantity", *_PRICE, *(str(column.key) for column in _shown.columns))
_OUTSET = {sent: Statement(select(*market_columns(sent=sent), _units.label("units"))) for sent in (True, False)}


@value
class Outset:
    """`facts` are about a cart of this customer in this currency; texts in this language. `asked` is which variants were
    looked for, `priced` how many of which, and `countries` where taxes and shipping are known of; ways of shipping only where
    something is `sent`.
    """

    channel: Channel
    facts: MarketFacts
    customer_id: CustomerId | None
    currency: str
    language: str
    asked: frozenset[VariantRef]
    priced: frozenset[tuple[VariantId, int]]
    countries: frozenset[str]
    sent: bool

    def variants(self, refs: Iterable[VariantRef]) -> list[VariantFacts] | None:
        """Those of them that there are; None if not all of them were looked for."""
        known = self.facts.variants
        if not self.asked.union(known).issuperset(refs):
            return None
        by_sku = {variant.sku: variant for variant in known.values()}
        found = (by_sku.get(ref) if isinstance(ref, str) else known.get(ref) for ref in refs)
        return [variant for variant in found if variant]

    def prices(self, cart: Cart, wanted: Iterable[tuple[VariantId, int]]) -> bool:
        """Whether these were looked for, for its buyer and in its currency; of what there is no price, there is none in the facts."""
        for_whom = (cart.channel_id, cart.customer_id, cart.currency)
        return for_whom == (self.channel.id, self.customer_id, self.currency) and self.priced.issuperset(wanted)

    def tells(self, cart: Cart, language: str) -> bool:
        """Whether this is all that it takes to price a cart of the channel."""
        return (
            language == self.language
            and self.prices(cart, ((line.variant_id, line.quantity) for line in cart.lines))
            and self.countries.issuperset(countries_of(cart))
            and (self.sent or not (cart.agreement or any(group.address for group in cart.ship_groups)))
        )


def countries_of(cart: Cart) -> set[str]:
    places = (cart.billing_address, *(group.address for group in cart.ship_groups))
    return {address.country for address in places if address}


async def outset(
    connection: Connection,
    *,
    channel_id: UUID,
    customer_id: CustomerId | None,
    currency: str,
    language: str,
    at: datetime,
    wanted: Sequence[Wanted],
    countries: Iterable[str] = (),
    cart_ids: Sequence[UUID] = (),
    sent: bool = True,
) -> Outset:
    """`cart_ids` are those whose reservations are theirs to use. Of what is not `sent` anywhere yet, no way of shipping is read."""
    asked = Asked(channel_id, currency, language, tuple(sorted(set(countries))), sent)
    before = known(asked)
    row: Any = await connection.fetch_one(
        _OUTSET[sent],
        **_asked(wanted),
        **parameters(asked, before),
        customer_id=customer_id,
        currency=currency,
        language=language,
        own_cart_ids=list(cart_ids),
        at=at,
    )
    units = [dict(zip(_NAMES, unit, strict=True)) for unit in row["units"] or ()]
    market = market_of(asked, row, before)
    return Outset(
        channel=market.channel,
        facts=replace(market.facts, variants=_variants(units), prices=_prices(units)),
        customer_id=customer_id,
        currency=currency,
        language=language,
        asked=frozenset([ref for ref, _ in wanted]),
        priced=frozenset([(VariantId(unit["id"]), unit["quantity"]) for unit in units]),
        countries=frozenset((market.facts.home.country, *asked.countries)),
        sent=sent,
    )


async def outset_of(connection: Connection, cart: Cart, at: datetime, language: str = "") -> Outset:
    """All that it takes to price a cart as it is; told in its own language unless in another `language`."""
    return await outset(
        connection,
        channel_id=cart.channel_id,
        customer_id=cart.customer_id,
        currency=cart.currency,
        language=language or cart.language,
        at=at,
        wanted=[(line.variant_id, line.quantity) for line in cart.lines],
        countries=countries_of(cart),
        cart_ids=[cart.id],
    )


def _asked(wanted: Sequence[Wanted]) -> dict[str, list[Any]]:
    return {
        "ids": [None if isinstance(ref, str) else ref for ref, _ in wanted],
        "skus": [ref if isinstance(ref, str) else None for ref, _ in wanted],
        "quantities": [quantity for _, quantity in wanted],
    }


def _variants(units: Sequence[Mapping[str, Any]]) -> dict[VariantId, VariantFacts]:
    return {unit["id"]: cart_facts.variant_of(unit) for unit in units}


def _prices(units: Sequence[Mapping[str, Any]]) -> dict[tuple[VariantId, int], PriceFound]:
    return {(unit["id"], unit["quantity"]): price_found(unit) for unit in units if unit["amount"] is not None}
