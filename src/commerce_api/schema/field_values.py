"""What is said in custom fields, and how clients say it."""

from collections.abc import Sequence
from typing import Any, Final

import strawberry

from commerce_api.domain.blocks.reasons import in_language
from commerce_api.domain.custom_field import FieldOwner, FieldValues, Said, fitting
from commerce_api.domain.intake import Intake
from commerce_api.persistence.readers.custom_fields import fields_of
from commerce_api.schema.attribute_inputs import AttributeValueInput
from commerce_api.schema.catalog_values import AttributeValue, typed
from commerce_api.schema.context import Info

MOST_FIELDS: Final = 100
MOST_LETTERS: Final = 5_000
MOST_CHOICES: Final = 100
ABOUT_CUSTOMERS: Final = (
    "What custom fields are to say; those that are not named stay as they are. What is said again is kept for as long again "
    "as the field says."
)


@strawberry.input(description="What a custom field is to say.")
class FieldValueInput:
    code: str = strawberry.field(description="The field's code; see `customFields`.")
    value: AttributeValueInput | None = strawberry.field(
        description="Of the field's kind; null takes away what it says."
    )


def parse_fields(intake: Intake, raw: Sequence[FieldValueInput] | None, *path: Any) -> tuple[Said, ...]:
    """Whether there are such fields, and of which kind, is found out later."""
    given = raw or ()
    if len(given) > MOST_FIELDS:
        intake.invalid("At most {most}, please.", *path, most=MOST_FIELDS)
    if len({each.code for each in given}) < len(given):
        intake.invalid("Each field once, please.", *path)
    return tuple(
        Said(code=each.code, value=_value(intake, each.value.plain(), *path, number) if each.value else None)
        for number, each in enumerate(given[:MOST_FIELDS])
    )


def _value(intake: Intake, raw: Any, *path: Any) -> Any:
    match raw:
        case str():
            return intake.text(raw, *path, "value", most=MOST_LETTERS)
        case list():
            if len(raw) > MOST_CHOICES:
                intake.invalid("At most {most}, please.", *path, "value", most=MOST_CHOICES)
            return [intake.text(each, *path, "value", most=MOST_LETTERS) for each in raw[:MOST_CHOICES]]
        case _:
            return raw


async def shown(info: Info, owner: FieldOwner, values: FieldValues) -> list[AttributeValue]:
    """As far as whoever asks may see them, in the order of the fields."""
    if not values:
        return []
    fields = await info.context.load(fields_of, owner) or ()
    at_desk, language = info.context.actor.at_desk, info.context.scope.language
    seen = (field for field in fields if field.seen(by_staff=at_desk))
    return [
        typed(field.kind, raw, code=field.code, name=in_language(field.names, language))
        for field, raw in fitting(values, seen)
    ]
