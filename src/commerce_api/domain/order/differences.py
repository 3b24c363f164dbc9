"""What is different between two versions of an order.

Versions are compared as the documents that they are kept in. Lines, ship groups and payments are the same if their ids are, so
that a changed quantity is a changed quantity, and never one line gone and another one new.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum, auto
from typing import Any, Final, TypeAlias
from uuid import UUID

from commerce_api.domain.blocks.reasons import in_language
from commerce_api.domain.custom_field import CustomField, FieldOwner
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.order.state import OrderState
from commerce_api.domain.value import replace, value

Document: TypeAlias = Mapping[str, Any]


class OrderDifferenceKind(DescribedEnum):
    """What happened to a part of an order."""

    ADDED = "ADDED", "It was not there before."
    REMOVED = "REMOVED", "It is not there any more."
    CHANGED = "CHANGED", "It is another one now."


class Part(Enum):
    """What of an order is different."""

    LINE = "lines"
    SHIP_GROUP = "shipGroups"
    CHARGE = "charges"
    PAYMENT = "payments"
    ORDER = ""
    TOTALS = "totals"


class Form(Enum):
    """What a value is."""

    PLAIN = auto()
    AMOUNT = auto()
    ADDRESS = auto()
    FIELD = auto()


@value
class Aspect:
    """Something of a part that can change: its name for clients, how it is kept, what it is. A custom field is kept under its
    code, and has a `label` that people know it by.
    """

    name: str
    key: str
    form: Form = Form.PLAIN
    label: str = ""


@value
class Difference:
    """`number` and `title` tell which of its kind the part is; parts that came or went have a summary as their value.

    A share of a line in a ship group has the line's id as `line_id`.
    """

    kind: OrderDifferenceKind
    part: Part
    aspect: Aspect | None = None
    id: UUID | None = None
    line_id: UUID | None = None
    number: int = 0
    title: str = ""
    before: Any = None
    after: Any = None


def _amount(name: str, key: str) -> Aspect:
    return Aspect(name=name, key=key, form=Form.AMOUNT)


QUANTITY: Final = Aspect(name="quantity", key="quantity")
_LINE: Final = (
    Aspect(name="sku", key="sku"),
    Aspect(name="name", key="name"),
    QUANTITY,
    Aspect(name="canceled", key="canceled"),
    _amount("unitPrice", "unit_price"),
    _amount("discountTotal", "discount"),
    _amount("tax", "tax"),
    _amount("total", "total"),
    Aspect(name="attributes", key="attributes"),
    Aspect(name="requests.instructions", key="instructions"),
    Aspect(name="requests.giftMessage", key="gift_message"),
    Aspect(name="requests.requestedShipDate", key="requested_ship_date"),
    Aspect(name="requests.expedite", key="expedite"),
    Aspect(name="shippingPolicy", key="shipping_policy"),
    Aspect(name="tieGroup", key="tie_group"),
)
_GROUP: Final = (
    Aspect(name="address", key="address", form=Form.ADDRESS),
    Aspect(name="methodName", key="method_name"),
    Aspect(name="instructions", key="instructions"),
    Aspect(name="requestedShipDate", key="requested_ship_date"),
)
_CHARGE: Final = (Aspect(name="name", key="name"), _amount("amount", "amount"), _amount("tax", "tax"))
_PAYMENT: Final = (_amount("amount", "amount"),)
_ORDER: Final = (
    Aspect(name="email", key="email"),
    Aspect(name="phone", key="phone"),
    Aspect(name="language", key="language"),
    Aspect(name="billingAddress", key="billing_address", form=Form.ADDRESS),
    Aspect(name="shippingPolicy", key="shipping_policy"),
    Aspect(name="attributes", key="attributes"),
    Aspect(name="poNumber", key="po_number"),
    Aspect(name="gift", key="gift"),
    Aspect(name="note", key="note"),
)
_STATE: Final = Aspect(name="state", key="state")
_TOTALS: Final = (
    _amount("subtotal", "subtotal"),
    _amount("discountTotal", "discount_total"),
    _amount("shippingTotal", "shipping_total"),
    _amount("chargeTotal", "charge_total"),
    _amount("taxTotal", "tax_total"),
    _amount("total", "total"),
)


def differences(before: Document, after: Document) -> list[Difference]:
    """All of them: of lines, ship groups, charges and payments, then of the order itself and its totals."""
    return [
        *_between(Part.LINE, before["lines"], after["lines"], _LINE),
        *_between(Part.SHIP_GROUP, before["groups"], after["groups"], _GROUP),
        *_between_shares(before, after),
        *_between(Part.CHARGE, before["charges"], after["charges"], _CHARGE, key=_charge_key),
        *_between(Part.PAYMENT, before["payments"], after["payments"], _PAYMENT),
        *_between_heads(before["order"], after["order"]),
    ]


def is_field(found: Difference) -> bool:
    """Whether it is a custom field that is different."""
    return found.aspect is not None and found.aspect.form is Form.FIELD


def seen(
    found: Iterable[Difference], fields: Iterable[CustomField], language: str, *, by_staff: bool
) -> Iterator[Difference]:
    """Custom fields go by their names; what is no part of versions, or not for the eyes of who reads, is left out."""
    known = {(each.owner, each.code): each for each in fields}
    for each in found:
        if each.aspect is None or not is_field(each):
            yield each
            continue
        field = known.get((FieldOwner.ORDER_LINE if each.part is Part.LINE else FieldOwner.ORDER, each.aspect.key))
        if field and field.commercial and field.seen(by_staff=by_staff):
            name = in_language(field.names, language)
            yield replace(each, aspect=replace(each.aspect, label=name))


def subjects(found: Iterable[Difference]) -> tuple[str, ...]:
    """What is different, each once and of whichever parts: `email`, `lines.quantity`, or `lines` if some came or went."""
    names = (_subject(each) for each in found if each.part is not Part.TOTALS)
    return tuple(dict.fromkeys(names))


def _subject(found: Difference) -> str:
    shared = Part.LINE.value if found.line_id else ""
    name, code = (found.aspect.name, found.aspect.key) if found.aspect else ("", "")
    return ".".join(filter(None, (found.part.value, shared, name, code if is_field(found) else "")))


def _between_heads(before: Document, after: Document) -> Iterator[Difference]:
    """States come and go without a version; only that nothing will come is something else than what was agreed on."""
    final = OrderState.CANCELED in {before["state"], after["state"]}
    order = Difference(kind=OrderDifferenceKind.CHANGED, part=Part.ORDER)
    yield from _changes(order, before, after, (_STATE, *_ORDER) if final else _ORDER)
    totals = Difference(kind=OrderDifferenceKind.CHANGED, part=Part.TOTALS)
    yield from _changes(totals, {**before, "fields": {}}, {**after, "fields": {}}, _TOTALS)


def _id(row: Document) -> Any:
    return row["id"]


def _charge_key(row: Document) -> Any:
    """A ship group has one charge for shipping, whatever its method is."""
    return (row["kind"], row["ship_group_id"]) if row["ship_group_id"] else row["id"]


def _between(
    part: Part,
    before: Sequence[Document],
    after: Sequence[Document],
    aspects: Sequence[Aspect],
    key: Callable[[Document], Any] = _id,
) -> Iterator[Difference]:
    """In the order that the parts have now; what is gone stands where it was."""
    old, new = {key(row): row for row in before}, {key(row): row for row in after}
    found = {**new, **{k: row for k, row in old.items() if k not in new}}
    for k, row in sorted(found.items(), key=lambda each: each[1]["position"]):
        if k not in old:
            yield _whole(OrderDifferenceKind.ADDED, part, row, after=row)
        elif k not in new:
            yield _whole(OrderDifferenceKind.REMOVED, part, row, before=row)
        else:
            yield from _changes(_whole(OrderDifferenceKind.CHANGED, part, row), old[k], row, aspects)


def _whole(kind: OrderDifferenceKind, part: Part, row: Document, **values: Document) -> Difference:
    return Difference(
        kind=kind,
        part=part,
        id=UUID(str(row["id"])),
        number=row["position"] + 1,
        title=row.get("name", ""),
        **{name: summary(part, each) for name, each in values.items()},
    )


def summary(part: Part, row: Document) -> Any:
    """What is told of a part that came or went."""
    match part:
        case Part.LINE:
            return row["quantity"]
        case Part.SHIP_GROUP:
            return row["address"]
        case _:
            return row["amount"]


def _changes(about: Difference, before: Document, after: Document, aspects: Sequence[Aspect]) -> Iterator[Difference]:
    for aspect in aspects:
        was, is_ = before.get(aspect.key), after.get(aspect.key)
        if was != is_:
            yield replace(about, aspect=aspect, before=was, after=is_)
    old, new = before.get("fields", {}), after.get("fields", {})
    for code in sorted({*old, *new}):
        if old.get(code) != new.get(code):
            field = Aspect(name="fields", key=code, form=Form.FIELD, label=code)
            yield replace(about, aspect=field, before=old.get(code), after=new.get(code))


def _between_shares(before: Document, after: Document) -> Iterator[Difference]:
    """How many of a line go where, as far as the line itself does not tell: it came or went, or there is one destination."""
    old, new = _shares(before), _shares(after)
    groups = {str(row["id"]): row for document in (before, after) for row in document["groups"]}
    lines = {str(row["id"]): row for row in after["lines"]}
    kept = lines.keys() & {str(row["id"]) for row in before["lines"]}
    for group, line in sorted(old.keys() | new.keys()) if len(groups) > 1 else ():
        was, is_ = old.get((group, line), 0), new.get((group, line), 0)
        if was != is_ and line in kept:
            yield Difference(
                kind=OrderDifferenceKind.CHANGED,
                part=Part.SHIP_GROUP,
                aspect=QUANTITY,
                id=UUID(group),
                line_id=UUID(line),
                number=groups[group]["position"] + 1,
                title=lines[line]["name"],
                before=was,
                after=is_,
            )


def _shares(document: Document) -> dict[tuple[str, str], int]:
    return {(str(row["ship_group_id"]), str(row["order_line_id"])): row["quantity"] for row in document["shares"]}
