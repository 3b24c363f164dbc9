"""Carts as they are stored; which of them an actor may see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    LargeBinary,
    Uuid,
    and_,
    any_,
    bindparam,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.actor import Actor
from commerce_api.domain.address import Address
from commerce_api.domain.cart import (
    Active,
    Cart,
    CartLine,
    CartLock,
    CartState,
    Checkout,
    Merged,
    Ordered,
    PaymentInstruction,
    Purpose,
    Saved,
    ShipGroup,
    ValueSource,
    only_group,
)
from commerce_api.domain.ids import CartId, CartLineId, ChannelId, CustomerId, ShipGroupId, ShippingMethodId, VariantId
from commerce_api.domain.origin import Predecessor, PredecessorKind
from commerce_api.domain.permissions import Permission
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.domain.value import value
from commerce_api.persistence.lists import Listed, Lists, Part
from commerce_api.persistence.readers.adjustments import adjustment_of
from commerce_api.persistence.readers.agreements import agreement_of_document
from commerce_api.persistence.readers.authors import author_of
from commerce_api.persistence.readers.line_requests import requests_of
from commerce_api.persistence.readers.particulars import particulars_of
from commerce_api.persistence.rows import Parts, among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.adjustments import cart_adjustments
from commerce_api.persistence.tables.buying import (
    cart_lines,
    cart_payment_instructions,
    cart_ship_group_lines,
    cart_ship_groups,
    carts,
)

R = TypeVar("R", bound=Any)
_Part: TypeAlias = Mapping[str, Any]
_PARTS = Parts(
    "cart_id",
    lines=(cart_lines, "id"),
    groups=(cart_ship_groups, "position"),
    group_lines=(cart_ship_group_lines, "cart_line_id"),
    instructions=(cart_payment_instructions, "position"),
    adjustments=(cart_adjustments, "position"),
)


IS_CART = carts.c.purpose == Purpose.CART.value
"""And not a draft, which is nobody's by itself."""


def visible_carts() -> ColumnElement[bool]:
    """A customer's own carts, the anonymous one whose token the actor has, or all for staff, and never a draft; takes
    `visibility(actor)`.
    """
    c = carts.c
    own = or_(
        bindparam("sees_all_carts", type_=Boolean()),
        c.channel_id == any_(bindparam("sees_carts_in", type_=ARRAY(Uuid()))),
        c.customer_id == bindparam("own_customer_id", type_=Uuid()),
        and_(c.customer_id.is_(None), c.token_hash == bindparam("own_cart_token", type_=LargeBinary())),
    )
    return and_(IS_CART, own)


SEEING: Final = (Permission.READ_CARTS, Permission.ACT_FOR_CUSTOMERS)
CHANGING: Final = (Permission.ACT_FOR_CUSTOMERS,)


def visibility(actor: Actor, permissions: Iterable[Permission] = SEEING) -> dict[str, Any]:
    """With any of the permissions staff see the carts of all, or those of some channels."""
    channels = [actor.channels_with(permission) for permission in permissions]
    return {
        "sees_all_carts": None in channels,
        "sees_carts_in": [channel_id for some in channels if some for channel_id in some],
        "own_customer_id": actor.customer_id,
        "own_cart_token": actor.cart_token_hash,
    }


_IDS = carts.c.id == any_(bindparam("ids", type_=ARRAY(Uuid())))
_BY_ID = Statement(select(carts).where(_IDS, visible_carts()))
ONE: Final = select(carts).where(carts.c.id == bindparam("id", type_=Uuid()), visible_carts()).cte("one")
"""The cart with the `id`, if it is visible."""
WHOLE: Final[tuple[Any, ...]] = (ONE, *_PARTS.below(ONE))
"""All that `whole_cart` takes of it."""
_LOOKED_AT = Statement(select(*WHOLE))
_LOCKED = Statement(select(carts).where(_IDS, visible_carts()).order_by(carts.c.id).with_for_update())
_DRAFTS = Statement(select(carts).where(_IDS, not_(IS_CART)))
_DRAFTS_LOCKED = Statement(select(carts).where(_IDS, not_(IS_CART)).order_by(carts.c.id).with_for_update())
_OPEN = and_(or_(carts.c.state == "ACTIVE", carts.c.state == "CHECKOUT"), carts.c.expires_at > bindparam("at"))
_SPLIT_FROM = Statement(
    select(carts.c.id, carts.c.split_from_id)
    .where(among(carts.c.split_from_id))
    .order_by(carts.c.created_at, carts.c.id)
)
_BY_TOKEN = Statement(
    select(carts.c.id, carts.c.channel_id).where(carts.c.token_hash == bindparam("own_cart_token", type_=LargeBinary()))
)
_CURRENT = Statement(
    select(carts.c.id)
    .where(
        IS_CART, _OPEN, carts.c.customer_id == bindparam("customer_id"), carts.c.channel_id == bindparam("channel_id")
    )
    .order_by(carts.c.updated_at.desc(), carts.c.id.desc())
    .limit(1)
)
_KEPT = or_(carts.c.state == "SAVED", _OPEN)


async def find_carts(connection: Connection, ids: Iterable[UUID], actor: Actor, *, lock: bool = False) -> list[Cart]:
    """Those of the carts that the actor may see; or that the actor may change, locked in the order of their ids."""
    statement, permissions = (_LOCKED, CHANGING) if lock else (_BY_ID, SEEING)
    rows = await connection.fetch(statement, ids=list(ids), **visibility(actor, permissions))
    return await assembled(connection, rows)


async def look_at_cart(
    connection: Connection, id: UUID, actor: Actor, permissions: Iterable[Permission] = CHANGING
) -> Cart | None:
    """The cart that the actor may change, or may see with one of the `permissions`, without a lock, by one statement."""
    row = await connection.fetch_one(_LOOKED_AT, id=id, **visibility(actor, permissions))
    return whole_cart(row) if row else None


def whole_cart(row: Row) -> Cart:
    return _cart(row, _PARTS.read_back(row))


async def find_drafts(connection: Connection, ids: Iterable[UUID], *, lock: bool = False) -> list[Cart]:
    """For whoever may see what they are drafts of."""
    return await assembled(connection, await connection.fetch(_DRAFTS_LOCKED if lock else _DRAFTS, ids=list(ids)))


async def drafts_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Cart]:
    """Asked for by ids that stood on what they are drafts of."""
    async with scope.database.connection() as connection:
        return {cart.id: cart for cart in await find_drafts(connection, ids)}


async def carts_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Cart]:
    async with scope.database.connection() as connection:
        if len(ids) == 1:
            cart = await look_at_cart(connection, ids[0], scope.actor, SEEING)
            return {cart.id: cart} if cart else {}
        return {cart.id: cart for cart in await find_carts(connection, ids, scope.actor)}


async def split_from(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[UUID]]:
    """Which carts were parts of these, the first one first."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_SPLIT_FROM, ids=list(ids))
    return {id_: [row["id"] for row in of_cart] for id_, of_cart in _by(rows, "split_from_id").items()}


async def current_cart_id(connection: Connection, actor: Actor, channel_id: UUID, at: datetime) -> CartId | None:
    """The anonymous cart whose token was sent, or else the customer's open cart that was touched last."""
    if actor.cart_token_hash is not None and (found := await cart_with_token(connection, actor.cart_token_hash)):
        return found.id
    if actor.customer_id is None:
        return None
    return await latest_cart_id(connection, actor.customer_id, channel_id, at)


@value
class CartPlace:
    id: CartId
    channel_id: ChannelId


async def cart_with_token(connection: Connection, token_hash: bytes) -> CartPlace | None:
    row = await connection.fetch_one(_BY_TOKEN, own_cart_token=token_hash)
    return CartPlace(id=CartId(row["id"]), channel_id=ChannelId(row["channel_id"])) if row else None


async def latest_cart_id(
    connection: Connection, customer_id: CustomerId, channel_id: UUID, at: datetime
) -> CartId | None:
    found = await connection.fetch_value(_CURRENT, customer_id=customer_id, channel_id=channel_id, at=at)
    return CartId(found) if found else None


async def current_cart(scope: Scope) -> Cart | None:
    async with scope.database.connection() as connection:
        cart_id = await current_cart_id(connection, scope.actor, scope.channel.id, scope.at)
        found = await find_carts(connection, [cart_id], scope.actor) if cart_id else []
    return found[0] if found else None


@value
class CartFilter:
    """Carts that are not over: all, only saved ones, or only others."""

    saved: bool | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        chosen = [visible_carts(), _KEPT]
        if self.saved is not None:
            chosen.append((carts.c.state == "SAVED") if self.saved else (carts.c.state != "SAVED"))
        return chosen


_CARTS = Lists[CartFilter](
    rows=lambda chosen: select(carts).where(*chosen.conditions),
    parent=carts.c.customer_id,
    place=lambda _: ((carts.c.updated_at, carts.c.id), True),
)


async def carts_in(scope: Scope, parts: Sequence[Part[CartFilter]]) -> Mapping[Part[CartFilter], Sequence[Cart]]:
    """Parts of all carts, or of those of customers, the last touched first."""
    async with scope.database.connection() as connection:
        found = await _CARTS.parts(connection, parts, at=scope.at, **visibility(scope.actor))
        by_id = {
            cart.id: cart for cart in await assembled(connection, [row for rows in found.values() for row in rows])
        }
    return {part: [by_id[row["id"]] for row in rows] for part, rows in found.items()}


async def count_carts(scope: Scope, lists: Sequence[Listed[CartFilter]]) -> Mapping[Listed[CartFilter], int]:
    async with scope.database.connection() as connection:
        return await _CARTS.counts(connection, lists, at=scope.at, **visibility(scope.actor))


async def assembled(connection: Connection, rows: Sequence[Row]) -> list[Cart]:
    """Carts of their rows: one statement for any number of them. It is not the one that has locked the rows, which saw what
    is below them as it was before it had to wait.
    """
    ids = [row["id"] for row in rows]
    if not ids:
        return []
    parts = {name: _by(of_all, "cart_id") for name, of_all in (await _PARTS.of(connection, ids)).items()}
    return [_cart(row, {name: by_cart[row["id"]] for name, by_cart in parts.items()}) for row in rows]


def _by(rows: Iterable[R], *names: str) -> defaultdict[Any, list[R]]:
    found: defaultdict[Any, list[R]] = defaultdict(list)
    key = itemgetter(*names)
    for row in rows:
        found[key(row)].append(row)
    return found


def _cart(row: Row, parts: Mapping[str, Sequence[_Part]]) -> Cart:
    shares = _by(parts["group_lines"], "ship_group_id")
    groups = tuple(_group(group, shares[group["id"]]) for group in parts["groups"])
    return Cart(
        id=CartId(row["id"]),
        purpose=Purpose(row["purpose"]),
        agreement=agreement_of_document(row["agreement"]),
        channel_id=ChannelId(row["channel_id"]),
        customer_id=None if row["customer_id"] is None else CustomerId(row["customer_id"]),
        state=_state(row),
        billing_address=address_of(row["billing_address"]),
        email_source=ValueSource(row["email_source"]),
        phone_source=ValueSource(row["phone_source"]),
        billing_source=ValueSource(row["billing_source"]),
        availability_choice=_choice(row),
        particulars=particulars_of(row),
        lines=tuple(map(_line, parts["lines"])),
        ship_groups=groups or (only_group(CartId(row["id"])),),
        payment_instructions=tuple(map(_instruction, parts["instructions"])),
        adjustments=tuple(map(adjustment_of, parts["adjustments"])),
        lock=_lock(row) if row["locked_by"] else None,
        made_from=tuple(
            Predecessor(kind=PredecessorKind(each["kind"]), id=UUID(each["id"])) for each in row["made_from"]
        ),
        **{name: row[name] for name in _AS_THEY_ARE},
    )


_AS_THEY_ARE: Final = (
    *("currency", "language", "email", "phone", "attributes", "note", "terms_version", "split_from_id"),
    *("created_at", "updated_at", "expires_at", "revision"),
)


def _lock(row: Row) -> CartLock:
    return CartLock(by=row["locked_by"], since=row["locked_since"], until=row["locked_until"])


def _state(row: Row) -> CartState:
    match row["state"]:
        case "ACTIVE":
            return Active()
        case "SAVED":
            return Saved(name=row["name"])
        case "CHECKOUT":
            return Checkout(until=row["checkout_expires_at"], renewed=row["checkout_renewed"])
        case "ORDERED":
            return Ordered()
        case _:
            return Merged()


def address_of(document: Mapping[str, str] | None) -> Address | None:
    return Address(**document) if document else None


def _choice(row: Row | _Part) -> AvailabilityChoice | None:
    return AvailabilityChoice(row["availability_choice"]) if row["availability_choice"] else None


def _line(row: _Part) -> CartLine:
    return CartLine(
        id=CartLineId(row["id"]),
        variant_id=VariantId(row["variant_id"]),
        quantity=row["quantity"],
        parent_id=CartLineId(row["parent_id"]) if row["parent_id"] else None,
        attributes=row["attributes"],
        requests=requests_of(row),
        availability_choice=_choice(row),
        tie_group=row["tie_group"],
        fields=row["fields"],
        seen_unit_price=row["seen_unit_price"],
        added_by=author_of(row["added_by"]),
        added_at=row["added_at"],
    )


def _group(row: _Part, lines: Sequence[_Part]) -> ShipGroup:
    method = row["shipping_method_id"]
    return ShipGroup(
        id=ShipGroupId(row["id"]),
        address=address_of(row["address"]),
        shipping_method_id=ShippingMethodId(method) if method else None,
        instructions=row["instructions"],
        requested_ship_date=row["requested_ship_date"],
        source=ValueSource(row["source"]),
        quantities={CartLineId(line["cart_line_id"]): line["quantity"] for line in lines},
    )


def _instruction(row: _Part) -> PaymentInstruction:
    return PaymentInstruction(
        id=row["id"],
        method=row["method"],
        card_token=row["card_token"],
        amount=row["amount"],
        source=ValueSource(row["source"]),
        entered_by=author_of(row["entered_by"]) if row["entered_by"] else None,
    )
