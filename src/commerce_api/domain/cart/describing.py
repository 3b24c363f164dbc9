"""Deciding about what is said of a cart and of its lines, beside what is bought."""

from collections.abc import Iterator, Sequence
from dataclasses import fields as attributes_of
from typing import Any

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.cart import refusals as r
from commerce_api.domain.cart.commands import AddLine, SetLineFields, SetParticulars
from commerce_api.domain.cart.events import CartEvent, LineFieldsSet, ParticularsSet
from commerce_api.domain.cart.facts import Facts
from commerce_api.domain.cart.state import Cart, Purpose
from commerce_api.domain.custom_field import (
    NO_FIELDS,
    CustomField,
    FieldOwner,
    FieldValues,
    NotOfVersions,
    Writer,
    lacking,
    merged,
    of_owner,
    said,
)
from commerce_api.domain.decision import Decision, Path, Refusal, Refused, refuse
from commerce_api.domain.ids import CartLineId
from commerce_api.domain.particulars import Particulars
from commerce_api.domain.value import replace

_STAFF = frozenset({ActorKind.STAFF, ActorKind.APP})


def decide(cart: Cart, command: SetParticulars | SetLineFields, facts: Facts) -> Decision[CartEvent]:
    if isinstance(command, SetLineFields):
        return _set_line_fields(cart, command, facts)
    return _set_particulars(cart, command, facts)


def _set_particulars(cart: Cart, command: SetParticulars, facts: Facts) -> Decision[CartEvent]:
    fields = said(
        cart.particulars.fields,
        command.fields,
        _offered(cart, facts, FieldOwner.ORDER),
        _writer(cart.purpose, facts),
        ("fields",),
    )
    reasons = [*_not_here(cart, command), *(fields.reasons if isinstance(fields, Refused) else ())]
    if reasons or isinstance(fields, Refused):
        return Refused(reasons=tuple(reasons))
    plain = {name: getattr(command, name) for name in ("po_number", "gift", "priority", "tags")}
    new = {name: each for name, each in plain.items() if each is not None}
    return particulars_set(cart, replace(cart.particulars, fields=fields, **new))


def particulars_set(cart: Cart, after: Particulars) -> list[CartEvent]:
    """Nothing, if nothing is different."""
    changed = changes(cart.particulars, after)
    return [ParticularsSet(changed=changed, particulars=after)] if changed else []


def changes(before: Particulars, after: Particulars) -> tuple[str, ...]:
    """The names of what is different; of fields their codes."""
    names = (each.name for each in attributes_of(Particulars) if each.name != "fields")
    plain = (name for name in names if getattr(before, name) != getattr(after, name))
    return (*plain, *changed_fields(before.fields, after.fields))


def changed_fields(before: FieldValues, after: FieldValues) -> tuple[str, ...]:
    return tuple(sorted(code for code in {*before, *after} if before.get(code) != after.get(code)))


def _set_line_fields(cart: Cart, command: SetLineFields, facts: Facts) -> Decision[CartEvent]:
    line = cart.line(command.line_id)
    if line is None:
        return refuse(r.LineNotFound(path=("lineId",)))
    fields = said(
        line.fields,
        command.fields,
        _offered(cart, facts, FieldOwner.ORDER_LINE),
        _writer(cart.purpose, facts),
        ("fields",),
    )
    if isinstance(fields, Refused):
        return fields
    changed = changed_fields(line.fields, fields)
    return [LineFieldsSet(line_id=line.id, changed=changed, fields=fields)] if changed else []


def of_new_line(cart: Cart, wanted: AddLine, facts: Facts, path: Path) -> FieldValues | Refused:
    fields = _offered(cart, facts, FieldOwner.ORDER_LINE)
    return said(NO_FIELDS, wanted.fields, fields, _writer(Purpose.CART, facts), (*path, "fields"))


def unsaid(cart: Cart, fields: Sequence[CustomField]) -> Iterator[tuple[CartLineId | None, str]]:
    """Codes of the fields that nothing is ordered without here, each with the line that it is about. In the draft of an order's
    next version those that can be filled in there.
    """
    asked = [field for field in fields if field.commercial or cart.purpose is not Purpose.ORDER_EDIT]
    for code in lacking(cart.particulars.fields, of_owner(asked, FieldOwner.ORDER), cart.channel_id):
        yield None, code
    for line in cart.lines:
        for code in lacking(line.fields, of_owner(asked, FieldOwner.ORDER_LINE), cart.channel_id):
            yield line.id, code


def agreed(cart: Cart, fields: Sequence[CustomField]) -> tuple[Any, ...]:
    """What of it belongs to what is agreed on."""
    said, of_lines = cart.particulars, of_owner(fields, FieldOwner.ORDER_LINE)
    commercial = merged(said.fields, NO_FIELDS, of_owner(fields, FieldOwner.ORDER))
    return said.po_number, said.gift, commercial, *(merged(line.fields, NO_FIELDS, of_lines) for line in cart.lines)


def _offered(cart: Cart, facts: Facts, owner: FieldOwner) -> list[CustomField]:
    return [field for field in of_owner(facts.fields, owner) if field.offered(cart.channel_id)]


def _writer(purpose: Purpose, facts: Facts) -> Writer:
    """In the draft of an order's next version only what makes a version is set; a new line brings all of its own."""
    at_desk = facts.author.kind in _STAFF and not facts.assisting
    return Writer(staff=at_desk, commercial=True if purpose is Purpose.ORDER_EDIT else None)


def _not_here(cart: Cart, command: SetParticulars) -> list[Refusal]:
    given: dict[str, Any] = {"priority": command.priority, "tags": command.tags}
    if cart.purpose is not Purpose.ORDER_EDIT:
        return []
    return [NotOfVersions(path=(name,)) for name, each in given.items() if each is not None]
