"""Custom fields as clients see them, and as staff set them up."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Final, Self

import strawberry

from commerce_api.domain import custom_field as domain
from commerce_api.domain import setting
from commerce_api.domain.actor import Actor
from commerce_api.domain.blocks.reasons import in_language
from commerce_api.domain.channel import Channel
from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.ids import ChannelId, CustomFieldId
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.domain.typed_value import CODE
from commerce_api.persistence.readers.custom_fields import field_of, fields_by_id
from commerce_api.persistence.sql import Row
from commerce_api.schema.catalog_enums import AttributeKind
from commerce_api.schema.channel import channel_keys
from commerce_api.schema.context import Info
from commerce_api.schema.errors import ErrorCode, acknowledged
from commerce_api.schema.field_values import MOST_LETTERS
from commerce_api.schema.language_texts import LanguageText, LanguageTextInput, by_language, texts_of
from commerce_api.schema.node import Node, global_id, key_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.setting_inputs import ACKNOWLEDGE, SettingInput
from commerce_api.schema.setting_payloads import SettingPayload

MOST_CHOICES: Final = 100
MOST_IN_PURPOSE: Final = 500
MOST_DAYS: Final = 36_500
_STAFF: Any = [requires(Permission.STAFF_DESK)]
CustomFieldOwner = strawberry.enum(
    domain.FieldOwner, name="CustomFieldOwner", description="What a custom field is about."
)
CustomFieldAccess = strawberry.enum(
    domain.FieldAccess,
    name="CustomFieldAccess",
    description="What shoppers do with a custom field. Staff see and set each of them.",
)
_SAID = {
    "owner": "What it is about.",
    "code": "Stable name: small letters, digits and underscores.",
    "kind": "What values it has.",
    "choices": "What a CHOICE offers.",
    "several": "Whether several choices may be taken.",
    "whole": "Whether a NUMBER has to be a whole one.",
    "longest": "Most characters of a TEXT; null: 5,000.",
    "names": "Names for people, by language.",
    "shoppers": "What shoppers do with it.",
    "channels": "Where it is offered; null: everywhere.",
    "required": "Where nothing is ordered without it.",
    "commercial": "Whether it is part of what is agreed on: of a placed order it is changed by an edit, which makes a version; "
    "what is not is changed with `setOrderAttributes`. Fields of lines always are.",
    "purposes": "Why it is asked, by language; customers are told. Every field of customers has one, and no other field.",
    "retention": "After so many days what was said is deleted; null: it is kept as long as the customer. Only fields of customers "
    "have this.",
    "position": "Its place among the fields.",
    "active": "Whether it is offered. What was said in one that is not can still be read.",
}


@strawberry.type(description="A field that the shop has added to orders, their lines or customers.")
class CustomField(Node):
    prefix: ClassVar[str] = "cfd"

    owner: CustomFieldOwner = strawberry.field(description=_SAID["owner"])  # type: ignore[valid-type]  # made by a call
    code: str = strawberry.field(description="Stable name for programs.")
    name: str = strawberry.field(description="Its name in the language of the request.")
    kind: AttributeKind = strawberry.field(description=_SAID["kind"])
    choices: list[str] = strawberry.field(description=_SAID["choices"])
    several: bool = strawberry.field(description=_SAID["several"])
    whole: bool = strawberry.field(description=_SAID["whole"])
    longest: int | None = strawberry.field(description=_SAID["longest"])
    required: bool = strawberry.field(description="Whether nothing is ordered here without it.")
    shoppers: CustomFieldAccess = strawberry.field(description=_SAID["shoppers"])  # type: ignore[valid-type]
    purpose: str | None = strawberry.field(
        description="Why it is asked of a customer, in the language of the request; null for other fields. Show it beside the field."
    )
    retention_days: int | None = strawberry.field(description=_SAID["retention"])
    names: list[LanguageText] = strawberry.field(description=_SAID["names"], directives=_STAFF)
    purposes: list[LanguageText] = strawberry.field(description=_SAID["purposes"], directives=_STAFF)
    channel_ids: list[strawberry.ID] | None = strawberry.field(description=_SAID["channels"], directives=_STAFF)
    required_channel_ids: list[strawberry.ID] = strawberry.field(description=_SAID["required"], directives=_STAFF)
    commercial: bool = strawberry.field(description=_SAID["commercial"])
    position: int = strawberry.field(description=_SAID["position"], directives=_STAFF)
    active: bool = strawberry.field(description=_SAID["active"], directives=_STAFF)
    revision: int = strawberry.field(
        description="Grows by one at every change; send it as `expectedRevision`.", directives=_STAFF
    )

    @classmethod
    def of(cls, row: Row, channel: Channel, language: str) -> Self:
        field = field_of(row)
        channels = field.channel_ids
        return cls(
            key=field.id,
            name=in_language(field.names, language),
            choices=list(field.choices),
            required=field.offered(channel.id) and channel.id in field.required_in,
            purpose=in_language(field.purposes, language) or None,
            names=texts_of(field.names),
            purposes=texts_of(field.purposes),
            channel_ids=None if channels is None else _ids(channels),
            required_channel_ids=_ids(field.required_in),
            position=row["position"],
            revision=row["revision"],
            **{name: getattr(field, name) for name in _PLAIN},
        )


_PLAIN: Final = (
    *("owner", "code", "kind", "several", "whole", "longest", "shoppers", "commercial"),
    *("retention_days", "active"),
)


def _ids(channels: frozenset[ChannelId]) -> list[strawberry.ID]:
    return [strawberry.ID(global_id("chn", id_)) for id_ in sorted(channels)]


def offered(rows: Iterable[Row], actor: Actor, channel: Channel, owner: domain.FieldOwner | None) -> Iterator[Row]:
    """All of them for staff; for shoppers those that they may see here."""
    for row in rows:
        field = field_of(row)
        here = field.offered(channel.id) and field.seen(by_staff=False)
        if owner in {None, field.owner} and (actor.at_desk or here):
            yield row


@strawberry.input(description="A field to add to orders, their lines or customers.")
class SaveCustomFieldInput(SettingInput):
    owner: CustomFieldOwner = strawberry.field(description=_SAID["owner"])  # type: ignore[valid-type]
    code: str = strawberry.field(description=_SAID["code"])
    names: list[LanguageTextInput] = strawberry.field(description=_SAID["names"])
    kind: AttributeKind = strawberry.field(description=_SAID["kind"])
    choices: list[str] = strawberry.field(default_factory=list, description=_SAID["choices"])
    several: bool = strawberry.field(default=False, description=_SAID["several"])
    whole: bool = strawberry.field(default=False, description=_SAID["whole"])
    longest: int | None = strawberry.field(default=None, description=_SAID["longest"])
    shoppers: CustomFieldAccess = strawberry.field(  # type: ignore[valid-type]
        default=domain.FieldAccess.NONE, description=_SAID["shoppers"]
    )
    channel_ids: list[strawberry.ID] | None = strawberry.field(default=None, description=_SAID["channels"])
    required_channel_ids: list[strawberry.ID] = strawberry.field(default_factory=list, description=_SAID["required"])
    commercial: bool = strawberry.field(default=False, description=_SAID["commercial"])
    purposes: list[LanguageTextInput] = strawberry.field(default_factory=list, description=_SAID["purposes"])
    retention_days: int | None = strawberry.field(default=None, description=_SAID["retention"])
    position: int = strawberry.field(default=0, description=_SAID["position"])
    active: bool = strawberry.field(default=True, description=_SAID["active"])
    acknowledge: list[ErrorCode] = strawberry.field(default_factory=list, description=ACKNOWLEDGE)

    def parse(self) -> setting.SaveCustomField | Refused:
        intake = Intake()
        key = key_of(self.id, "cfd") if self.id else None
        if self.id is not None and key is None:
            intake.add(NotFound(path=("id",)))
        self._check_type(intake)
        self._check_owner(intake)
        offered = self.channel_ids
        command = setting.SaveCustomField(
            id=CustomFieldId(key) if key else None,
            names=by_language(intake, self.names, "names"),
            purposes=by_language(intake, self.purposes, "purposes", least=0, most=MOST_IN_PURPOSE),
            choices=_choices(intake, self.choices),
            channel_ids=None if offered is None else channel_keys(intake, offered, "channelIds"),
            required_in=channel_keys(intake, self.required_channel_ids, "requiredChannelIds"),
            acknowledge=acknowledged(self.acknowledge),
            commercial=self.commercial or self.owner is domain.FieldOwner.ORDER_LINE,
            **{name: getattr(self, name) for name in _AS_GIVEN},
        )
        return intake.refused() if intake.problems else command

    def _check_type(self, intake: Intake) -> None:
        if not CODE.fullmatch(self.code):
            intake.invalid("A small letter, then small letters, digits and underscores, at most 50.", "code")
        if (self.kind is AttributeKind.CHOICE) is not bool(self.choices):
            intake.invalid("A CHOICE has choices, and nothing else has.", "choices")
        if self.longest is not None and not 1 <= self.longest <= MOST_LETTERS:
            intake.invalid(f"Between 1 and {MOST_LETTERS}, please.", "longest")
        for name, kind in (("several", AttributeKind.CHOICE), ("whole", AttributeKind.NUMBER), ("longest", "TEXT")):
            if getattr(self, name) and self.kind != kind:
                intake.invalid(f"Only a {kind} has this.", name)
        if not 0 <= self.position <= 100_000:  # noqa: PLR2004 - as of other settings
            intake.invalid("Between 0 and 100000, please.", "position")

    def _check_owner(self, intake: Intake) -> None:
        of_customers = self.owner is domain.FieldOwner.CUSTOMER
        if of_customers is not bool(self.purposes):
            intake.invalid("A field of customers says why it is asked, and no other does.", "purposes")
        if self.retention_days is not None and not (of_customers and 1 <= self.retention_days <= MOST_DAYS):
            intake.invalid(f"Between 1 and {MOST_DAYS}, and only of customers.", "retentionDays")
        if of_customers and self.required_channel_ids:
            intake.invalid("What customers say of themselves they say if they like.", "requiredChannelIds")
        if of_customers and self.commercial:
            intake.invalid("What customers say of themselves is no part of what is agreed on.", "commercial")


_AS_GIVEN: Final = (
    *("expected_revision", "owner", "code", "kind", "several", "whole", "longest", "shoppers"),
    *("retention_days", "position", "active"),
)


def _choices(intake: Intake, given: Sequence[str]) -> tuple[str, ...]:
    if len(given) > MOST_CHOICES or len(set(given)) < len(given):
        intake.invalid(f"At most {MOST_CHOICES}, each once, please.", "choices")
    read = enumerate(given[:MOST_CHOICES])
    return tuple(intake.text(choice, "choices", number, most=100, required=True) for number, choice in read)


@strawberry.type(description="The field as it is now, or the errors that prevented it.")
class SaveCustomFieldPayload(SettingPayload):
    @strawberry.field(description="Null if nothing happened.")
    async def custom_field(self, info: Info) -> CustomField | None:
        row = await self._row(info, fields_by_id)
        return CustomField.of(row, info.context.channel, info.context.scope.language) if row else None
