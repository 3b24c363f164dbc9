"""Which tables statements read and write, found in their SQL; what public answers depend on, and what a transaction changed of it.

Both are told as *things*: tables by their names, and stock, which each checkout changes, by the variants that it is of.
See docs/decisions/0018.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, Protocol, TypeAlias
from uuid import UUID

from commerce_api.persistence.tables import metadata

Thing: TypeAlias = str | UUID
Shown: TypeAlias = str | Callable[[Any], Iterable[UUID]]
"""A column with an id, or what finds ids in a row."""
Shows: TypeAlias = Mapping[str, Shown]

STOCK: Final = "stock"
"""Changes with the stock of any variant: for answers that depend on it in general, such as what is to be had at all."""
ALL_STOCK: Final = "all stock"
"""Changes where nobody said of which variants: for answers that show the stock of certain ones."""

SHOWN: Final = frozenset(
    {
        *("attributes", "categories", "channel_locations", "channels", "collection_products"),
        *("collections", "custom_fields", "media", "option_labels", "price_lists", "prices"),
        *("product_categories", "product_facets", "product_media", "product_offers", "product_publications"),
        *("product_relations", "product_search", "product_translations", "product_types", "products", "search_words"),
        *("variant_translations", "variants", "market_version"),
    }
)
"""What is kept is made of this, stock aside. What was made of anything else is not kept, and a change of anything else is not told."""

VERSIONED: Final = frozenset(
    {
        *("channel_locations", "channels", "custom_fields", "shipping_methods", "shipping_rates"),
        *("tax_rates", "zone_areas"),
    }
)
"""Tables that write `market_version` by a trigger."""

STOCK_TABLES: Final = frozenset({"stock_levels", "reservations"})

_OF_CUSTOMERS: Final = frozenset({"customer_group_members"})
"""Read for prices, where those who do not say who they are find nothing of theirs."""

_WORDS: Final = re.compile(r"[a-z_]+")
_WRITES: Final = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\s+(?:ONLY\s+)?([a-z_]+)")


class Ran(Protocol):
    """Of a statement, what matters here."""

    shows: Shows
    stock_told: bool

    @property
    def reads(self) -> frozenset[str]: ...

    @property
    def writes(self) -> frozenset[str]: ...


def read_in(sql: str) -> frozenset[str]:
    """The tables in it, and those that something in it is called like."""
    return frozenset(_WORDS.findall(sql)) & metadata.tables.keys()


def written_in(sql: str) -> frozenset[str]:
    """The tables that it writes, and those that foreign keys lead to from where it deletes."""
    found: set[str] = set()
    for how, table in _WRITES.findall(sql):
        if table in metadata.tables:
            found |= _emptied_with(table) if how == "DELETE FROM" else {table}
    return frozenset(found)


@cache
def _emptied_with(table: str) -> frozenset[str]:
    found: set[str] = set()
    waiting = [table]
    while waiting:
        found.add(last := waiting.pop())
        waiting += [follower for follower in _following(last) if follower not in found]
    return frozenset(found)


def _following(table: str) -> Iterator[str]:
    for other in metadata.tables.values():
        keys = (key for key in other.foreign_keys if key.column.table.name == table)
        if any(key.ondelete in ("CASCADE", "SET NULL") for key in keys):
            yield other.name


class Changes:
    """What was written on one connection."""

    def __init__(self) -> None:
        self._tables: set[str] = set()
        self._stock: set[UUID] = set()

    def add(self, statement: Ran, rows: Iterable[Any] | None = None) -> None:
        """Where it tells by its rows whose stock it is, and nobody asked for them, it is all."""
        column = statement.shows.get("stock")
        told = statement.stock_told and not (column and rows is None)
        self.write(statement.writes - STOCK_TABLES if told else statement.writes)
        if column:
            self.stock_of(_found(column, rows or ()))

    def write(self, tables: Iterable[str]) -> None:
        self._tables.update(tables)

    def stock_of(self, variant_ids: Iterable[UUID]) -> None:
        self._stock.update(variant_ids)

    def things(self) -> frozenset[Thing]:
        """What changed that anything depends on that is kept."""
        things: set[Thing] = {*(self._tables & SHOWN), *self._stock}
        if self._tables & VERSIONED:
            things.add("market_version")
        if self._tables & STOCK_TABLES:
            things |= {STOCK, ALL_STOCK}
        elif self._stock:
            things.add(STOCK)
        return frozenset(things)


class Reads:
    """What was read for one answer. Statements say by `shows` what their rows are of: where the ids stand for each kind, such as
    `{"prd": "id"}`; `"stock"` are the variants whose stock they tell.
    """

    def __init__(self) -> None:
        self._tables: set[str] = set()
        self.shown: dict[str, set[UUID]] = {}

    def add(self, statement: Ran, rows: Sequence[Any] | None = None) -> None:
        told = statement.stock_told and rows is not None
        self._tables |= statement.reads - STOCK_TABLES if told else statement.reads
        if rows:
            for kind, column in statement.shows.items():
                self.shown.setdefault(kind, set()).update(_found(column, rows))

    def things(self) -> frozenset[Thing] | None:
        """What the answer depends on; None if on more than is told of."""
        if not self._tables <= _KNOWN:
            return None
        things: set[Thing] = {*(self._tables & SHOWN)}
        if self._tables & STOCK_TABLES:
            things.add(STOCK)
        if variant_ids := self.shown.get("stock"):
            things |= {ALL_STOCK, *variant_ids}
        return frozenset(things)


def _found(where: Shown, rows: Iterable[Any]) -> Iterator[UUID]:
    for row in rows:
        if callable(where):
            yield from where(row)
        elif row[where]:
            yield row[where]


_KNOWN: Final = SHOWN | STOCK_TABLES | _OF_CUSTOMERS
