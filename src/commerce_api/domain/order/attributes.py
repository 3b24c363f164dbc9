"""What is said of a placed order and is no part of what was agreed on: it makes no version (S2-29)."""

from collections.abc import Iterator, Sequence
from typing import Any

from commerce_api.domain.actor import Actor, Forbidden
from commerce_api.domain.custom_field import CustomField, FieldAccess, Said, Writer, said
from commerce_api.domain.decision import Refused
from commerce_api.domain.order.state import Order
from commerce_api.domain.particulars import Particulars, Priority
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import replace, value


@value
class SetOrderAttributes:
    """What is None, and fields that are not named, stay as they are."""

    priority: Priority | None = None
    tags: tuple[str, ...] | None = None
    fields: tuple[Said, ...] = ()


@value
class AttributeChange:
    """Fields go by their codes. What shoppers may write is not repeated in the log."""

    name: str
    before: Any = None
    after: Any = None


@value
class OrderAttributesSet:
    changes: tuple[AttributeChange, ...]


def set_attributes(
    order: Order, before: Particulars, command: SetOrderAttributes, fields: Sequence[CustomField], actor: Actor
) -> Particulars | Refused:
    """Customers fill in fields of theirs, staff say all of it. `fields` are those of orders that are offered in the order's
    channel.
    """
    if forbidden := tuple(_forbidden(order, command, actor)):
        return Refused(reasons=forbidden)
    writer = Writer(staff=actor.is_staff, commercial=False, ordered_in=order.channel_id)
    after = said(before.fields, command.fields, fields, writer, ("fields",))
    if isinstance(after, Refused):
        return after
    return replace(
        before,
        priority=before.priority if command.priority is None else command.priority,
        tags=before.tags if command.tags is None else command.tags,
        fields=after,
    )


def _forbidden(order: Order, command: SetOrderAttributes, actor: Actor) -> Iterator[Forbidden]:
    if actor.may_in(Permission.EDIT_ORDERS, order.channel_id):
        return
    if actor.is_staff:
        yield Forbidden()
    else:
        yield from (Forbidden(path=(name,)) for name in ("priority", "tags") if getattr(command, name) is not None)


def attributes_set(before: Particulars, after: Particulars, fields: Sequence[CustomField]) -> list[OrderAttributesSet]:
    """Nothing, if nothing is different."""
    changes = tuple(_changes(before, after, fields))
    return [OrderAttributesSet(changes=changes)] if changes else []


def _changes(before: Particulars, after: Particulars, fields: Sequence[CustomField]) -> Iterator[AttributeChange]:
    if before.priority is not after.priority:
        yield AttributeChange(name="priority", before=before.priority, after=after.priority)
    if before.tags != after.tags:
        yield AttributeChange(name="tags", before=before.tags, after=after.tags)
    for field in fields:
        was, is_ = before.fields.get(field.code), after.fields.get(field.code)
        if was != is_:
            told = {} if field.shoppers is FieldAccess.SET else {"before": was, "after": is_}
            yield AttributeChange(name=field.code, **told)
