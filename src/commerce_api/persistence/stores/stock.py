"""Stock under lock: what lies where, what is kept for carts, what belongs to orders.

Levels are always locked in (variant, location) order, so that no two transactions wait for each other. Reservations and
allocations are only written by whoever holds the level, and are read after the lock was got: what they say is then true.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Integer, Update, Uuid, any_, bindparam, column, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert

from commerce_api.domain.actor import Attribution
from commerce_api.domain.cart import Purpose
from commerce_api.domain.ids import CartId, ChannelId, OrderId, StockLocationId, VariantId
from commerce_api.domain.order import SplitUnits
from commerce_api.domain.stock import AdjustStock, Slice, StockLevel, StockSource, given_back
from commerce_api.domain.value import value
from commerce_api.persistence.events import actor_document
from commerce_api.persistence.readers.stock_levels import COUNTED, level_of
from commerce_api.persistence.rows import Write, few, insert_into, row_set, upsert, write_all
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.buying import carts
from commerce_api.persistence.tables.catalog import variants
from commerce_api.persistence.tables.channels import stock_locations
from commerce_api.persistence.tables.stock import allocations, reservations, stock_levels, stock_movements

_IDS = ARRAY(Uuid())
_OF_VARIANTS = stock_levels.c.variant_id == any_(bindparam("variants", type_=_IDS))
_LOCK = Statement(
    select(stock_levels)
    .where(_OF_VARIANTS)
    .order_by(stock_levels.c.variant_id, stock_levels.c.location_id)
    .with_for_update()
)
_RESERVED = Statement(
    select(reservations.c.variant_id, reservations.c.location_id, func.sum(reservations.c.quantity).label("quantity"))
    .where(
        reservations.c.variant_id == any_(bindparam("variants", type_=_IDS)),
        reservations.c.expires_at > bindparam("at"),
        reservations.c.cart_id.is_distinct_from(bindparam("cart_id", type_=Uuid())),
    )
    .group_by(reservations.c.variant_id, reservations.c.location_id)
)
_LIMITS = Statement(
    select(variants.c.id, variants.c.backorder_limit).where(variants.c.id == any_(bindparam("variants", type_=_IDS)))
)
_OPEN = Statement(
    insert(stock_levels)
    .from_select(
        ["variant_id", "location_id"],
        select(
            func.unnest(bindparam("variants", type_=_IDS)).column_valued("variant_id"),
            bindparam("location_id", type_=Uuid()),
        ).order_by("variant_id"),
    )
    .on_conflict_do_nothing(),
    stock_told=True,  # nothing is to be had there that was not before
)
_CLAIMS = (
    func.unnest(
        bindparam("variants", type_=_IDS),
        bindparam("locations", type_=_IDS),
        bindparam("shelf", type_=ARRAY(Integer())),
        bindparam("owed", type_=ARRAY(Integer())),
    )
    .table_valued(
        column("variant_id", Uuid()),
        column("location_id", Uuid()),
        column("shelf", Integer()),
        column("owed", Integer()),
        name="claims",
    )
    .render_derived()
)
_claim = (
    update(stock_levels)
    .where(
        stock_levels.c.variant_id == _CLAIMS.c.variant_id,
        stock_levels.c.location_id == _CLAIMS.c.location_id,
    )
    .values(
        allocated=stock_levels.c.allocated + _CLAIMS.c.shelf,
        backordered=stock_levels.c.backordered + _CLAIMS.c.owed,
        revision=stock_levels.c.revision + 1,
    )
)
_CLAIM = Statement(_claim, stock_told=True)
_SHOWN: Final = {"stock": "variant_id"}
_let_go = delete(reservations).where(reservations.c.cart_id == bindparam("cart_id", type_=Uuid())).cte("let_go")
_ALLOCATION: Final = tuple(column.name for column in allocations.columns)
_RESERVATION: Final = tuple(column.name for column in reservations.columns)
_LET_GO = Statement(
    delete(reservations).where(reservations.c.cart_id == bindparam("cart_id")).returning(*reservations.c), shows=_SHOWN
)
_FOR_QUOTES = Statement(
    select(reservations.c.variant_id, func.sum(reservations.c.quantity).label("quantity"))
    .join(carts, carts.c.id == reservations.c.cart_id)
    .where(
        reservations.c.variant_id == any_(bindparam("variants", type_=_IDS)),
        reservations.c.expires_at > bindparam("at"),
        reservations.c.cart_id != bindparam("cart_id"),
        carts.c.channel_id == bindparam("channel_id"),
        carts.c.purpose == Purpose.QUOTE.value,
    )
    .group_by(reservations.c.variant_id)
)
_RENEW = Statement(
    update(reservations)
    .where(reservations.c.cart_id == bindparam("cart_id"))
    .values(expires_at=bindparam("until"))
    .returning(reservations.c.variant_id),
    shows=_SHOWN,
)
_OF_ORDER = Statement(
    select(allocations).where(allocations.c.order_id == bindparam("order_id")).order_by(allocations.c.id)
)
_DEALLOCATE = Statement(delete(allocations).where(allocations.c.order_id == bindparam("order_id")))
_SHRINK = Statement(
    update(allocations)
    .where(allocations.c.id == bindparam("allocation_id", type_=Uuid()))
    .values(quantity=allocations.c.quantity - bindparam("freed", type_=Integer()))
)
_HAND_OVER = Statement(
    update(allocations)
    .where(allocations.c.id == bindparam("allocation_id", type_=Uuid()))
    .values(order_id=bindparam("into_id", type_=Uuid()), order_line_id=bindparam("into_line_id", type_=Uuid()))
)
_KEPT = ("variant_id", "location_id", "source", "created_at")
_PART = Statement(
    insert(allocations).from_select(
        ["id", "order_id", "order_line_id", "quantity", *_KEPT],
        select(
            bindparam("new_id", type_=Uuid()),
            bindparam("into_id", type_=Uuid()),
            bindparam("into_line_id", type_=Uuid()),
            bindparam("taken", type_=Integer()),
            *(allocations.c[name] for name in _KEPT),
        ).where(allocations.c.id == bindparam("allocation_id", type_=Uuid())),
    )
)
_DROP = Statement(delete(allocations).where(allocations.c.id == any_(bindparam("ids", type_=_IDS))))
_KNOWN = Statement(
    select(variants.c.id)
    .where(variants.c.id == any_(bindparam("variants", type_=_IDS)), variants.c.deleted_at.is_(None))
    .union_all(select(stock_locations.c.id).where(stock_locations.c.id == any_(bindparam("locations", type_=_IDS))))
)
_ADJUSTED = Statement(
    select(stock_levels)
    .where(
        exists().where(
            stock_movements.c.adjustment_id == bindparam("adjustment_id"),
            stock_movements.c.variant_id == stock_levels.c.variant_id,
            stock_movements.c.location_id == stock_levels.c.location_id,
        )
    )
    .order_by(stock_levels.c.variant_id, stock_levels.c.location_id)
)
_WRITE = upsert(stock_levels, "variant_id", "location_id", *COUNTED, stock_told=True)
_MOVE = insert_into(stock_movements)


@cache
def _allocating(count: int) -> Update:
    given = row_set(allocations, *_ALLOCATION, count=count)
    new = insert(allocations).from_select(_ALLOCATION, select(*(given.c[name] for name in _ALLOCATION)))
    return _claim.add_cte(new.cte("new_allocations"), _let_go)


@cache
def _reserving(count: int) -> Insert:
    kept = row_set(reservations, *_RESERVATION, count=count)
    new = insert(reservations).from_select(_RESERVATION, select(*(kept.c[name] for name in _RESERVATION)))
    return new.add_cte(_let_go)


@value
class Count:
    """A level before and after somebody corrected it, and why."""

    movement_id: UUID
    command: AdjustStock
    before: StockLevel
    after: StockLevel


class StockStore:
    def __init__(self, connection: Connection, by: Attribution) -> None:
        self._connection, self._by = connection, by

    async def lock(self, variant_ids: Iterable[VariantId], *, cart_id: CartId | None = None) -> list[StockLevel]:
        """Hold all levels of these variants until the transaction ends. What `cart_id` has reserved does not count."""
        ids = sorted(set(variant_ids))
        rows = await self._connection.fetch(_LOCK, variants=ids)
        found = await self._connection.fetch(_RESERVED, variants=ids, at=self._by.at, cart_id=cart_id)
        reserved = {(row["variant_id"], row["location_id"]): row["quantity"] for row in found}
        return [level_of(row, reserved.get((row["variant_id"], row["location_id"]), 0)) for row in rows]

    async def limits(self, variant_ids: Iterable[VariantId]) -> Mapping[VariantId, int | None]:
        """How many units of each may be sold before they are here."""
        rows = await self._connection.fetch(_LIMITS, variants=sorted(set(variant_ids)))
        return {row["id"]: row["backorder_limit"] for row in rows}

    async def open(self, variant_ids: Iterable[VariantId], location_id: StockLocationId) -> None:
        """Make the rows that are to count what will be owed there, where they are missing."""
        if ids := sorted(set(variant_ids)):
            await self._connection.execute(_OPEN, variants=ids, location_id=location_id)

    async def reserve(self, cart_id: CartId, slices: Sequence[tuple[UUID, Slice]], until: datetime) -> None:
        """Keep these, each with its id, for the cart instead of what was kept for it before."""
        await self.release_cart(cart_id)
        self._connection.stock_changed(part.variant_id for _, part in slices)
        await write_all(self._connection, [self.reserving(cart_id, slices, until)])

    def reserving(self, cart_id: CartId, slices: Sequence[tuple[UUID, Slice]], until: datetime) -> Write:
        """The same, to be written with the cart. Whoever asks tells of all that the cart has: what was kept for it is of that, since
        a cart that changes leaves its checkout, and so some of it may be free now.
        """
        rows = [
            {
                "id": id_,
                "cart_id": cart_id,
                "variant_id": part.variant_id,
                "location_id": part.location_id,
                "quantity": part.quantity,
                "expires_at": until,
            }
            for id_, part in slices
            if part.source is StockSource.ON_HAND
        ]
        return Write(_reserving(few(rows)), {"cart_id": cart_id, "rows": rows}, stock_told=True)

    async def renew(self, cart_id: CartId, until: datetime) -> None:
        await self._connection.fetch(_RENEW, cart_id=cart_id, until=until)

    async def release_cart(self, cart_id: CartId) -> None:
        await self._connection.fetch(_LET_GO, cart_id=cart_id)

    async def let_go(self, cart_id: CartId) -> list[Slice]:
        """What was kept for the cart, which is free from now on. What it was kept for is not known by lines."""
        rows = await self._connection.fetch(_LET_GO, cart_id=cart_id)
        return [
            Slice(
                line_id=cart_id,
                variant_id=row["variant_id"],
                location_id=row["location_id"],
                quantity=row["quantity"],
                source=StockSource.ON_HAND,
            )
            for row in rows
        ]

    async def held_for_quotes(
        self, variant_ids: Iterable[VariantId], channel_id: ChannelId, but: CartId
    ) -> Mapping[VariantId, int]:
        """How many units of each are kept for drafts of quotes of a channel, other than this one. Their levels must be locked."""
        rows = await self._connection.fetch(
            _FOR_QUOTES, variants=sorted(set(variant_ids)), channel_id=channel_id, cart_id=but, at=self._by.at
        )
        return {row["variant_id"]: row["quantity"] for row in rows}

    async def allocate(self, order_id: OrderId, slices: Sequence[tuple[UUID, Slice]]) -> None:
        """Give these, each with its id, to the order. The levels must be locked."""
        await write_all(self._connection, [self.allocating(order_id, slices)])

    def allocating(
        self, order_id: OrderId, slices: Sequence[tuple[UUID, Slice]], *, kept_for: CartId | None = None
    ) -> Write:
        """The same, to be written with the order's lines, instead of all that was kept for its cart."""
        rows = [
            {
                "id": id_,
                "order_id": order_id,
                "order_line_id": part.line_id,
                "variant_id": part.variant_id,
                "location_id": part.location_id,
                "quantity": part.quantity,
                "source": part.source,
                "created_at": self._by.at,
            }
            for id_, part in slices
        ]
        claims = _claims((part for _, part in slices), 1)
        self._connection.stock_changed(claims["variants"])
        return Write(_allocating(few(rows)), {**claims, "cart_id": kept_for, "rows": rows}, stock_told=True)

    async def of_order(self, order_id: OrderId) -> dict[UUID, Slice]:
        """What belongs to an order, by the ids of the allocations. The order must be locked."""
        rows = await self._connection.fetch(_OF_ORDER, order_id=order_id)
        return {
            row["id"]: Slice(
                line_id=row["order_line_id"],
                variant_id=row["variant_id"],
                location_id=row["location_id"],
                quantity=row["quantity"],
                source=StockSource(row["source"]),
            )
            for row in rows
        }

    async def release_order(self, order_id: OrderId) -> None:
        """Give back all that an order has not used. The order must be locked."""
        slices = (await self.of_order(order_id)).values()
        await self._connection.fetch(_LOCK, variants=sorted({part.variant_id for part in slices}))
        await self._give_back(slices)
        await self._connection.execute(_DEALLOCATE, order_id=order_id)

    async def shrink(self, order_id: OrderId, fewer: Mapping[UUID, int]) -> Sequence[Slice]:
        """Give back so many units of lines of an order; these are they. The order and its levels must be locked."""
        held = await self.of_order(order_id)
        freed: list[tuple[UUID, Slice]] = []
        for line_id, quantity in fewer.items():
            of_line = {id_: part for id_, part in held.items() if part.line_id == line_id}
            freed += given_back(of_line, quantity)
        await self._give_back(part for _, part in freed)
        await self._connection.execute(_DROP, ids=[id_ for id_, part in freed if part.quantity == held[id_].quantity])
        shrunk = [(id_, part.quantity) for id_, part in freed if part.quantity < held[id_].quantity]
        await self._connection.execute_many(_SHRINK, [{"allocation_id": id_, "freed": count} for id_, count in shrunk])
        return [part for _, part in freed]

    async def hand_over(
        self, order_id: OrderId, into_id: OrderId, units: Iterable[SplitUnits], new_ids: Iterator[UUID]
    ) -> None:
        """Let another order have units with their places in the queue: levels stay as they are, and nobody comes in between.
        The order and its levels must be locked.
        """
        held = await self.of_order(order_id)
        for going in units:
            of_line = {id_: part for id_, part in held.items() if part.line_id == going.line_id}
            for id_, part in given_back(of_line, going.quantity):
                into = {"into_id": into_id, "into_line_id": going.into_line_id, "allocation_id": id_}
                if part.quantity == held[id_].quantity:
                    await self._connection.execute(_HAND_OVER, into)
                else:
                    await self._connection.execute(_SHRINK, allocation_id=id_, freed=part.quantity)
                    await self._connection.execute(_PART, {**into, "new_id": next(new_ids), "taken": part.quantity})

    async def _give_back(self, slices: Iterable[Slice]) -> None:
        claims = _claims(slices, -1)
        if claims["variants"]:
            self._connection.stock_changed(claims["variants"])
            await self._connection.execute(_CLAIM, claims)

    async def known(self, variant_ids: Iterable[VariantId], location_ids: Iterable[StockLocationId]) -> set[UUID]:
        """Those of both that exist."""
        found = await self._connection.fetch(_KNOWN, variants=list(variant_ids), locations=list(location_ids))
        return {row["id"] for row in found}

    async def adjusted(self, adjustment_id: UUID) -> list[StockLevel]:
        """The levels that an earlier adjustment moved, as they are now."""
        rows = await self._connection.fetch(_ADJUSTED, adjustment_id=adjustment_id)
        return [level_of(row, 0) for row in rows]

    async def save_counts(self, id: UUID, counted: Sequence[Count]) -> None:
        """Write levels as they were counted, and the ledger of who moved what, as one adjustment."""
        self._connection.stock_changed(count.after.variant_id for count in counted)
        await self._connection.execute_many(_WRITE, [_row_of(count.after) for count in counted])
        await self._connection.execute_many(
            _MOVE,
            [
                {
                    "id": count.movement_id,
                    "adjustment_id": id,
                    "variant_id": count.after.variant_id,
                    "location_id": count.after.location_id,
                    "delta": count.after.on_hand - count.before.on_hand,
                    "reason": count.command.reason,
                    "reference": count.command.reference,
                    "actor": actor_document(self._by),
                    "at": self._by.at,
                }
                for count in counted
            ],
        )


def _claims(slices: Iterable[Slice], sign: int) -> dict[str, Any]:
    """What the levels of these slices have more, or less."""
    claims: dict[tuple[UUID, UUID], list[int]] = defaultdict(lambda: [0, 0])
    for part in slices:
        if part.source is not StockSource.UNTRACKED:
            owed = part.source is StockSource.BACKORDER
            claims[part.variant_id, part.location_id][owed] += sign * part.quantity
    return {
        "variants": [variant for variant, _ in claims],
        "locations": [location for _, location in claims],
        "shelf": [shelf for shelf, _ in claims.values()],
        "owed": [owed for _, owed in claims.values()],
    }


def _row_of(level: StockLevel) -> dict[str, Any]:
    names = ("variant_id", "location_id", *COUNTED)
    return {name: getattr(level, name) for name in names}
