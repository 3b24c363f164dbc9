"""What is known at the outset of a change of a cart: the channel with its taxes and ways of shipping, and of all variants that it
may be about what they are, cost and how many there are. One statement, which the answer is made of too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.visitors import replacement_traverse

from commerce_api.domain.actor import Actor
from commerce_api.domain.card import CardFace
from commerce_api.domain.cart import Cart, VariantRef
from commerce_api.domain.channel import Channel
from commerce_api.domain.ids import CustomerId, VariantId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.price_list import PriceFound
from commerce_api.domain.priced_cart import MarketFacts, VariantFacts
from commerce_api.domain.value import replace, value
from commerce_api.persistence.cache import Cache
from commerce_api.persistence.readers import cart_facts
from commerce_api.persistence.readers.card_faces import face_of_row, faces_for
from commerce_api.persistence.readers.carts import CHANGING, ONE, WHOLE, visibility, whole_cart
from commerce_api.persistence.readers.markets import VERSION, Market, MarketKey, market_at
from commerce_api.persistence.readers.prices import price_found, price_of
from commerce_api.persistence.rows import few, given_rows
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.buying import cart_lines
from commerce_api.persistence.tables.catalog import variants
from commerce_api.persistence.touched import Reads

Wanted: TypeAlias = tuple[VariantRef, int]
"""So many units of a variant."""

_SIZE, _SIZE_OF_ONE = 2_000, 1_600
"""Bytes that an outset takes in memory without what is wanted, and of each that is."""
_PRICE: Final = ("amount", "compare_at", "price_list_id", "lowest")
_shown = cart_facts.shown_of_variants()
_NAMES: Final[tuple[str, ...]] = ("quantity", *_PRICE, *(str(column.key) for column in _shown.columns))
_ID: Final = _NAMES.index("id")
_WANTED: Final = {"id": Uuid(), "sku": Text(), "quantity": Integer()}


def _units(wanted: FromClause) -> ColumnElement[Any]:
    """All that is to be known of variants by id or SKU, and what so many cost."""
    by_sku = and_(variants.c.sku == wanted.c.sku, variants.c.deleted_at.is_(None))
    price = price_of(variants.c.id, wanted.c.quantity)
    columns = (wanted.c.quantity, *(price.c[name] for name in _PRICE), *_shown.columns)
    found = _shown.source.join(wanted, or_(variants.c.id == wanted.c.id, by_sku)).outerjoin(price, true())
    return select(func.array_agg(func.row(*columns))).select_from(found).scalar_subquery().label("units")


def _of_one_cart(units: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same for whoever has the cart, as the cart says it."""
    said = {
        name: select(ONE.c[name]).scalar_subquery() for name in ("channel_id", "customer_id", "currency", "language")
    }

    def instead(part: Any, **_: Any) -> Any:
        return said.get(part.key) if isinstance(part, BindParameter) else None

    said_by_cart: ColumnElement[Any] = replacement_traverse(units, {}, instead)  # type: ignore[call-overload]
    return said_by_cart


_lines = (
    select(cart_lines.c.variant_id.label("id"), cast(null(), Text()).label("sku"), cart_lines.c.quantity)
    .where(cart_lines.c.cart_id == bindparam("id", type_=Uuid()))
    .limit(bindparam("most_lines", type_=Integer()))
)


@cache
def _outset_for(count: int) -> Statement:
    units = _units(given_rows(_WANTED, called="wanted", count=count))
    return Statement(select(VERSION, units), shows={"stock": _variants_in})


def _variants_in(row: Mapping[str, Any]) -> Iterator[UUID]:
    return (unit[_ID] for unit in row["units"] or ())


@cache
def _look_for(count: int | None) -> Statement:
    """None if nothing is wanted but what is in the cart."""
    wanted: FromClause = _lines.subquery("wanted")
    if count is not None:
        named = given_rows(_WANTED, called="wanted", count=count)
        wanted = union_all(select(*named.c), _lines).subquery("wanted")
    return Statement(select(*WHOLE, VERSION, _of_one_cart(_units(wanted)), faces_for(bindparam("id", type_=Uuid()))))


@value
class Outset:
    """`facts` are about a cart of this customer in this currency; texts in this language. `asked` is which variants were
    looked for, `priced` how many of which, and `countries` where taxes and shipping are known of. `cards` may be some of those
    that the cart is paid with.
    """

    channel: Channel
    facts: MarketFacts
    customer_id: CustomerId | None
    currency: str
    language: str
    asked: frozenset[VariantRef]
    priced: frozenset[tuple[VariantId, int]]
    countries: frozenset[str]
    cards: Mapping[str, CardFace]

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
        )


def countries_of(cart: Cart) -> set[str]:
    places = (cart.billing_address, *(group.address for group in cart.ship_groups))
    return {address.country for address in places if address}


async def outset(
    connection: Connection,
    key: MarketKey,
    *,
    customer_id: CustomerId | None,
    at: datetime,
    wanted: Sequence[Wanted],
    cart_ids: Sequence[UUID] = (),
) -> Outset:
    """`cart_ids` are those whose reservations are theirs to use."""
    values = {
        "channel_id": key.channel_id,
        "currency": key.currency,
        "language": key.language,
        "wanted": _asked(wanted),
    }
    values |= {"customer_id": customer_id, "own_cart_ids": list(cart_ids), "at": at}
    while True:
        row: Any = await connection.fetch_one(_outset_for(few(wanted)), **values)
        if market := await market_at(connection, key, row["version"], at):
            return _outset(market, key, row, customer_id, wanted)


async def public_outset(
    connection: Connection, key: MarketKey, *, at: datetime, wanted: Sequence[Wanted], cache: Cache
) -> Outset:
    """The same for a new cart of whoever has no terms of their own. It may be that of the cache, where it is as the database says."""
    asked = (key, *wanted)
    kept: Outset | None = cache.find(asked, at)
    if kept:
        return kept
    began = cache.begin(at)
    if began is None:
        return await outset(connection, key, customer_id=None, at=at, wanted=wanted)
    noting = Connection(connection.raw, reads := Reads())
    found = await outset(noting, key, customer_id=None, at=at, wanted=wanted)
    things = reads.things()
    if things and len(found.priced) == len(wanted):
        cache.keep(asked, found, began, things, kind="new cart", size=_SIZE + len(wanted) * _SIZE_OF_ONE)
    return found


def _outset(
    market: Market, key: MarketKey, row: Mapping[str, Any], customer_id: CustomerId | None, wanted: Sequence[Wanted]
) -> Outset:
    units = [dict(zip(_NAMES, unit, strict=True)) for unit in row["units"] or ()]
    return Outset(
        channel=market.channel,
        facts=replace(market.facts, variants=_variants(units), prices=_prices(units)),
        customer_id=customer_id,
        currency=key.currency,
        language=key.language,
        asked=frozenset([ref for ref, _ in wanted]),
        priced=frozenset([(VariantId(unit["id"]), unit["quantity"]) for unit in units]),
        countries=frozenset((market.facts.home.country, *key.countries)),
        cards={card["token"]: face_of_row(card) for card in row.get("cards", ())},
    )


class Looked(NamedTuple):
    """A cart, and what is known of what is in it."""

    cart: Cart
    known: Outset


@value
class Besides:
    """What is going to be done with a cart takes more than it says: articles, countries that something will be sent to, and the
    `tokens` of cards. Of a cart with more than `most_lines`, nothing is looked up that is in it already.
    """

    wanted: tuple[Wanted, ...] = ()
    countries: frozenset[str] = frozenset()
    tokens: frozenset[str] = frozenset()
    most_lines: int | None = None

    def whole(self, cart: Cart) -> bool:
        return self.most_lines is None or len(cart.lines) <= self.most_lines


NOTHING_ELSE: Final = Besides()


async def look_at(
    connection: Connection,
    id: UUID,
    actor: Actor,
    at: datetime,
    besides: Besides = NOTHING_ELSE,
    permissions: Iterable[Permission] = CHANGING,
) -> Looked | None:
    """The cart that the actor may change, or may see with one of the `permissions`, with its outset, by one statement and without
    a lock.
    """
    values = {"id": id, "own_cart_ids": [id], "at": at, **visibility(actor, permissions)}
    values |= {"most_lines": besides.most_lines, "tokens": list(besides.tokens), "wanted": _asked(besides.wanted)}
    statement = _look_for(few(besides.wanted) if besides.wanted else None)
    while row := await connection.fetch_one(statement, **values):
        cart = whole_cart(row)
        key = _market_of(cart, besides)
        if market := await market_at(connection, key, row["version"], at):
            return Looked(cart, _outset(market, key, row, cart.customer_id, _wanted(cart, besides)))
    return None


async def outset_of(
    connection: Connection, cart: Cart, at: datetime, besides: Besides = NOTHING_ELSE, *, language: str = ""
) -> Outset:
    """All that it takes to price a cart; told in its own language unless in another."""
    key, wanted = _market_of(cart, besides, language), _wanted(cart, besides)
    return await outset(connection, key, customer_id=cart.customer_id, at=at, wanted=wanted, cart_ids=[cart.id])


def _market_of(cart: Cart, besides: Besides, language: str = "") -> MarketKey:
    countries = tuple(sorted(countries_of(cart) | besides.countries))
    return MarketKey(cart.channel_id, cart.currency, language or cart.language, countries)


def _wanted(cart: Cart, besides: Besides) -> list[Wanted]:
    known = [(line.variant_id, line.quantity) for line in cart.lines] if besides.whole(cart) else []
    return list(dict.fromkeys((*known, *besides.wanted)))


def _asked(wanted: Sequence[Wanted]) -> list[dict[str, Any]]:
    return [
        {"id": None, "sku": ref, "quantity": quantity}
        if isinstance(ref, str)
        else {"id": ref, "sku": None, "quantity": quantity}
        for ref, quantity in wanted
    ]


def _variants(units: Sequence[Mapping[str, Any]]) -> dict[VariantId, VariantFacts]:
    return {unit["id"]: cart_facts.variant_of(unit) for unit in units}


def _prices(units: Sequence[Mapping[str, Any]]) -> dict[tuple[VariantId, int], PriceFound]:
    return {(unit["id"], unit["quantity"]): price_found(unit) for unit in units if unit["amount"] is not None}
