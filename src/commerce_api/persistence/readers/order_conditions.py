"""Conditions on orders as SQL. A statement depends on the shape of a condition only, not on its values, so it is made once
per shape.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.actor import Actor
from commerce_api.domain.conditions import AllOf, AnyOf, NoneOf
from commerce_api.domain.order import finding as f
from commerce_api.domain.order.keys import HasKey, key_pieces
from commerce_api.domain.particulars import Priority
from commerce_api.domain.permissions import Permission
from commerce_api.domain.text_match import TextMatch
from commerce_api.persistence.tables.buying import (
    LATER,
    PRIORITIZED,
    order_versions,
    orders,
    payment_transactions,
    payments,
)
from commerce_api.persistence.tables.finding import order_key_texts as texts
from commerce_api.persistence.tables.finding import order_keys as k
from commerce_api.persistence.tables.identity import accounts, customers

Shape: TypeAlias = tuple[Any, ...]
_COLUMNS = {f.MomentKind.PLACED: orders.c.placed_at, f.MomentKind.UPDATED: orders.c.updated_at}
_GROUPS = {AllOf: "all", AnyOf: "any", NoneOf: "none"}


def shape_of(condition: f.Condition) -> Shape:
    match condition:
        case HasKey(match=match):
            return ("part",) if match is TextMatch.CONTAINS else ("key",)
        case AllOf(parts=parts) | AnyOf(parts=parts) | NoneOf(parts=parts):
            return (_GROUPS[type(condition)], *map(shape_of, parts))
        case f.Within(kind=kind, start=start, end=end):
            return ("within", kind, start is not None, end is not None)
        case f.TotalBetween(least=least, most=most):
            return ("total", least is not None, most is not None)
        case f.InStates(states=some) | f.OrderedThrough(channels=some):
            return (type(condition).__name__, len(some))
        case f.WithPriority(priorities=some):
            return ("priorities", len(some), Priority.NORMAL in some)
        case _:
            return (type(condition).__name__,)


def values_of(condition: f.Condition) -> Iterator[Any]:
    """The values of a condition in the order in which `Clauses` asks for them."""
    match condition:
        case HasKey():
            yield from _sought(condition)
        case AllOf(parts=parts) | AnyOf(parts=parts) | NoneOf(parts=parts):
            for part in parts:
                yield from values_of(part)
        case f.Within(start=first, end=last):
            yield from (bound for bound in (first, last) if bound is not None)
        case f.TotalBetween(currency=currency, least=least, most=most):
            yield currency
            yield from (bound for bound in (least, most) if bound is not None)
        case f.InStates(states=some) | f.WithPriority(priorities=some) | f.OrderedThrough(channels=some):
            yield from some
        case f.PlacedByStaff(staff_id=staff_id):
            yield str(staff_id)
        case _:
            yield getattr(condition, next(iter(condition.__dataclass_fields__)))


def _sought(key: HasKey) -> Iterator[Any]:
    first, end = key.bounds
    yield from (first, end)
    if key.match is TextMatch.CONTAINS:
        yield from (len(first) + 1, key.plain, key_pieces(first[0] + key.plain))


class Clauses:
    """Makes clauses from shapes and numbers their parameters in the order of `values_of`."""

    def __init__(self) -> None:
        self._used = 0

    def of(self, shape: Shape) -> ColumnElement[bool]:
        """What holds of a row of `orders`."""
        kind, *rest = shape
        if kind in {"all", "any", "none"}:
            return self._group(kind, [self.of(part) for part in rest])
        if kind in {"key", "part"}:
            return self._has_key(shape)
        makers: dict[str, Any] = {
            "within": self._within,
            "total": self._total,
            "priorities": self._priorities,
            "InStates": partial(self._one_of_some, orders.c.state),
            "OrderedThrough": partial(self._one_of_some, _text_in(orders.c.origin, "channel")),
        }
        clause: ColumnElement[bool] = makers[kind](*rest) if kind in makers else self._about_itself(kind)
        return clause

    def ids(self, shape: Shape) -> Select[Any]:
        """The ids of the orders of which it holds; some more than once."""
        if shape not in {("key",), ("part",)}:
            return select(orders.c.id).where(self.of(shape)).correlate(None)
        key, fits = self.key(shape)
        query = select(key.c.order_id).where(fits)
        return query if shape == ("key",) else self.among_texts(query, key)

    def key(self, shape: Shape, name: str = "key") -> tuple[Any, ColumnElement[bool]]:
        """A row of keys under a name of its own, and whether it fits."""
        key = k.alias(f"{name}{self._used}")
        fits = and_(key.c.key >= self._next(Text()), key.c.key < self._next(Text()))
        if shape == ("part",):
            rest = func.substr(key.c.key, self._next(Integer()))
            fits = and_(fits, func.strpos(rest, self._next(Text())) > 0)
        return key, fits

    def among_texts(self, query: Select[Any], key: Any) -> Select[Any]:
        """Look for a part of a key among the different ones, and only then for the orders that have them."""
        return query.join(texts, texts.c.key == key.c.key).where(texts.c.pieces.op("@>")(self._next(ARRAY(Text()))))

    def _has_key(self, shape: Shape) -> ColumnElement[bool]:
        """Looked up order by order, which a scalar subquery makes sure of."""
        key, fits = self.key(shape)
        if shape == ("part",):
            self._next(ARRAY(Text()))  # of no use here
        found = select(true()).select_from(key).where(key.c.order_id == orders.c.id, fits).limit(1)
        return func.coalesce(found.correlate(orders).scalar_subquery(), false())

    def _group(self, kind: str, parts: list[ColumnElement[bool]]) -> ColumnElement[bool]:
        if kind == "all":
            return and_(true(), *parts)
        return or_(false(), *parts) if kind == "any" else not_(func.coalesce(or_(false(), *parts), false()))

    def _within(self, kind: f.MomentKind, start: bool, end: bool) -> ColumnElement[bool]:  # noqa: FBT001 - parts of a shape
        edited = kind is f.MomentKind.EDITED
        column, bounds = order_versions.c.committed_at if edited else _COLUMNS[kind], list[ColumnElement[bool]]()
        if start:
            bounds.append(column >= self._next(DateTime(timezone=True)))
        if end:
            bounds.append(column < self._next(DateTime(timezone=True)))
        return _one_of(_EDITED.where(*bounds)) if edited else and_(true(), *bounds)

    def _total(self, least: bool, most: bool) -> ColumnElement[bool]:  # noqa: FBT001 - parts of a shape
        bounds = [orders.c.currency == self._next(Text())]
        if least:
            bounds.append(orders.c.total >= self._next(BigInteger()))
        if most:
            bounds.append(orders.c.total <= self._next(BigInteger()))
        return and_(*bounds)

    def _one_of_some(self, column: ColumnElement[Any], count: int) -> ColumnElement[bool]:
        return or_(false(), *(column == self._next(Text()) for _ in range(count)))

    def _priorities(self, count: int, usual: bool) -> ColumnElement[bool]:  # noqa: FBT001 - parts of a shape
        """Without the usual one it is said for the sake of the index that has only the others."""
        wanted = self._one_of_some(orders.c.priority, count)
        return wanted if usual else and_(wanted, PRIORITIZED)

    def _about_itself(self, kind: str) -> ColumnElement[bool]:
        o = orders.c
        match kind:
            case "InChannel":
                return o.channel_id == self._next(Uuid())
            case "OfCustomer":
                return o.customer_id == self._next(Uuid())
            case "OfAccount":
                mine = accounts.c.number == self._next(Text())
                return orders.c.customer_id == any_(func.array(_BUYERS.where(mine).scalar_subquery()))
            case "PlacedByStaff":
                return _text_in(orders.c.origin, "staff_id") == self._next(Text())
            case "FromSource":
                return _text_in(orders.c.origin, "source") == self._next(Text())
            case "PaidWithCard":
                return _one_of(_PAID_WITH.where(_text_in(payments.c.card, "last_four") == self._next(Text())))
            case _:
                reference = payment_transactions.c.provider_reference == self._next(Text())
                return and_(_reads_payments(), _one_of(_AUTHORIZED.where(reference)))

    def _next(self, type_: Any) -> ColumnElement[Any]:
        name = f"p{self._used}"
        self._used += 1
        return bindparam(name, type_=type_)


def _text_in(document: Column[Any], name: str) -> ColumnElement[Any]:
    """A member of a document, spelled out as an index on it has it."""
    return document.op("->>")(literal_column(f"'{name}'"))


_BUYERS = select(customers.c.id).join(accounts, accounts.c.id == customers.c.account_id)
_EDITED = select(order_versions.c.order_id).where(LATER)
_PAID_WITH = select(payments.c.order_id)
_AUTHORIZED = _PAID_WITH.join(payment_transactions, payment_transactions.c.payment_id == payments.c.id)


def _one_of(ids: Select[Any]) -> ColumnElement[bool]:
    """Found first, then looked up by their ids."""
    return orders.c.id == any_(func.array(ids.scalar_subquery()))


def _reads_payments() -> ColumnElement[bool]:
    here = orders.c.channel_id == any_(bindparam("reads_payments_in", type_=ARRAY(Uuid())))
    return or_(bindparam("reads_all_payments", type_=Boolean()), here)


def payments_seen_by(actor: Actor) -> dict[str, Any]:
    """Provider's references are found where they may be read."""
    channels = actor.channels_with(Permission.READ_PAYMENTS)
    return {"reads_all_payments": channels is None, "reads_payments_in": list(channels or ())}
