"""Fields that a shop adds to orders, their lines and customers: what they are is data, and so is who sees and sets them
(S2-14, S1-15).

What a product says of itself has values of the same types (`domain.attribute`); custom fields belong to no product type, but
have readers, writers and channels.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, TypeAlias

from commerce_api.domain.decision import Path, Refusal, Refused
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import ChannelId, CustomFieldId
from commerce_api.domain.typed_value import AttributeKind, ValueType
from commerce_api.domain.value import replace, value

FieldValues: TypeAlias = Mapping[str, Any]
"""What is said in custom fields, by their codes, as it is kept."""
NO_FIELDS: Final[FieldValues] = {}


class FieldOwner(DescribedEnum):
    """What a custom field is about."""

    ORDER = "ORDER", "A cart, and the quote and the order that it becomes."
    ORDER_LINE = "ORDER_LINE", "A line of one."
    CUSTOMER = (
        "CUSTOMER",
        "A customer: what people say of themselves, for a purpose that they are told, and for a time.",
    )


class FieldAccess(DescribedEnum):
    """What shoppers do with a custom field. Staff see and set each of them."""

    NONE = "NONE", "Shoppers do not know of it."
    SEE = "SEE", "They see it."
    SET = "SET", "They see it and set it."


@value
class CustomField:
    """`channel_ids` None: in all channels. `required_in` are channels in which nothing is ordered without it. What is
    `commercial` belongs to what was agreed on; what is said of lines always does. Of a customer there are `purposes`, why it
    is asked by language, and after `retention_days` what was said is deleted; None keeps it as long as the customer.
    """

    id: CustomFieldId
    owner: FieldOwner
    code: str
    names: Mapping[str, str]
    purposes: Mapping[str, str]
    kind: AttributeKind
    choices: tuple[str, ...] = ()
    several: bool = False
    whole: bool = False
    longest: int | None = None
    shoppers: FieldAccess = FieldAccess.NONE
    channel_ids: frozenset[ChannelId] | None = None
    required_in: frozenset[ChannelId] = frozenset()
    commercial: bool = False
    retention_days: int | None = None
    active: bool = True

    @property
    def type(self) -> ValueType:
        return ValueType(
            kind=self.kind, choices=self.choices, several=self.several, whole=self.whole, longest=self.longest
        )

    def offered(self, channel_id: ChannelId | None) -> bool:
        return self.active and (self.channel_ids is None or channel_id in self.channel_ids)

    def seen(self, *, by_staff: bool) -> bool:
        return by_staff or self.shoppers is not FieldAccess.NONE

    def kept_until(self, said_at: datetime) -> datetime | None:
        """Until when something said then is kept; None for ever."""
        return None if self.retention_days is None else said_at + timedelta(days=self.retention_days)


@value
class Said:
    """What a field is to say; None takes it away."""

    code: str
    value: Any

    @property
    def empty(self) -> bool:
        return says_nothing(self.value)


@value
class UnknownField(Refusal):
    """There is no such field here."""


@value
class FieldNotYours(Refusal):
    """Only we can fill this in."""


@value
class NotOfVersions(Refusal):
    """This is no part of what was agreed on, and so no part of an edit."""


@value
class CommercialField(Refusal):
    """This is part of what was agreed on: change it by editing the order."""


@value
class FieldIsNeeded(Refusal):
    """Nothing is ordered here without this; say something else, or leave what it says."""


@value
class FieldIsFixed(Refusal):
    """What a field is about, its code and its kind stay as they are; make another field."""

    staff_only: ClassVar[bool] = True


@value
class Writer:
    """Who sets fields, and which: commercial ones, others, or, if None, both. `ordered_in`: what is written about was ordered
    in this channel already, so that nothing is taken away that it had to say there.
    """

    staff: bool
    commercial: bool | None = None
    ordered_in: ChannelId | None = None


def said(
    before: FieldValues, new: Sequence[Said], fields: Iterable[CustomField], writer: Writer, path: Path
) -> FieldValues | Refused:
    """What the fields say afterwards. `fields` are those that are offered."""
    known = {field.code: field for field in fields}
    reasons: list[Refusal] = []
    for number, each in enumerate(new):
        here = (*path, str(number))
        reasons += _against(each, known.get(each.code), writer, here)
    if reasons:
        return Refused(reasons=tuple(reasons))
    after = {**before, **{each.code: each.value for each in new}}
    return {code: each for code, each in sorted(after.items()) if each is not None}


def _against(new: Said, field: CustomField | None, writer: Writer, path: Path) -> Iterator[Refusal]:
    if field is None or not field.seen(by_staff=writer.staff):
        yield UnknownField(path=(*path, "code"))
    elif not writer.staff and field.shoppers is not FieldAccess.SET:
        yield FieldNotYours(path=(*path, "code"))
    elif writer.commercial is not None and field.commercial is not writer.commercial:
        yield (NotOfVersions if writer.commercial else CommercialField)(path=(*path, "code"))
    elif new.empty and writer.ordered_in in field.required_in:
        yield FieldIsNeeded(path=(*path, "value"))
    elif new.value is not None and (problem := field.type.problem_of(new.value)):
        yield replace(problem, path=(*path, "value"))


def of_owner(fields: Iterable[CustomField], owner: FieldOwner) -> tuple[CustomField, ...]:
    return tuple(field for field in fields if field.owner is owner)


def fitting(values: FieldValues, fields: Iterable[CustomField]) -> Iterator[tuple[CustomField, Any]]:
    """What is said in any of these fields and is still of their types, in their order."""
    for field in fields:
        raw = values.get(field.code)
        if raw is not None and field.type.problem_of(raw) is None:
            yield field, raw


def lacking(values: FieldValues, fields: Iterable[CustomField], channel_id: ChannelId) -> Iterator[str]:
    """Codes of those that nothing is ordered without in this channel."""
    for field in fields:
        asked = field.offered(channel_id) and channel_id in field.required_in
        if asked and says_nothing(values.get(field.code)):
            yield field.code


def says_nothing(raw: Any) -> bool:
    return raw is None or raw in ("", [], ())


def merged(agreed: FieldValues, present: FieldValues, fields: Iterable[CustomField]) -> FieldValues:
    """Of an order that is edited: what is commercial as it is agreed on now, the rest as it is."""
    commercial = {field.code for field in fields if field.commercial}
    kept = {code: each for code, each in present.items() if code not in commercial}
    return dict(sorted({**kept, **{code: each for code, each in agreed.items() if code in commercial}}.items()))
