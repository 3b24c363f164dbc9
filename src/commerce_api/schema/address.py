"""Postal addresses as clients see and send them, and what each country needs of one."""

from typing import Any, Self

import strawberry
from babel import Locale, UnknownLocaleError

from commerce_api.domain import address as domain
from commerce_api.domain import address_rules as rules
from commerce_api.domain.intake import Intake
from commerce_api.schema.scalars import CountryCode
from commerce_api.schema.wording import words_in

AddressField = strawberry.enum(rules.AddressField, name="AddressField", description="A field of `AddressInput`.")


@strawberry.type(description="A postal address, as people write it.")
class Address:
    first_name: str = strawberry.field(description="Given name; may be empty where there is a company.")
    last_name: str = strawberry.field(description="Family name.")
    company: str = strawberry.field(description="Company or organization.")
    line1: str = strawberry.field(description="Street and number.")
    line2: str = strawberry.field(description="Apartment, floor, building.")
    city: str = strawberry.field(description="City or town.")
    region: str = strawberry.field(
        description="State, province or the like, by the country's own code where it has one."
    )
    postal_code: str = strawberry.field(description="Empty where a country has none.")
    country: CountryCode = strawberry.field(description="ISO 3166-1 alpha-2.")
    phone: str = strawberry.field(description="E.164, such as `+4930123456`; may be empty.")

    @classmethod
    def of(cls, address: domain.Address) -> Self:
        return cls(
            first_name=address.first_name,
            last_name=address.last_name,
            company=address.company,
            line1=address.line1,
            line2=address.line2,
            city=address.city,
            region=address.region,
            postal_code=address.postal_code,
            country=CountryCode(address.country),
            phone=address.phone,
        )


@strawberry.input(
    description="A postal address. Ask `addressRules` for what its country needs; all that is wrong is told at once."
)
class AddressInput:
    country: CountryCode = strawberry.field(description="ISO 3166-1 alpha-2.")
    first_name: str | None = strawberry.field(default=None, description="Given name.")
    last_name: str | None = strawberry.field(default=None, description="Family name; needed unless there is a company.")
    company: str | None = strawberry.field(default=None, description="Company or organization.")
    line1: str | None = strawberry.field(default=None, description="Street and number.")
    line2: str | None = strawberry.field(default=None, description="Apartment, floor, building.")
    city: str | None = strawberry.field(default=None, description="City or town.")
    region: str | None = strawberry.field(default=None, description="Code or name of the state, province or the like.")
    postal_code: str | None = strawberry.field(default=None, description="Postal code.")
    phone: str | None = strawberry.field(
        default=None, description="With + and the country's prefix, or as dialed in the address's country."
    )

    def parse(self, intake: Intake, *path: Any) -> domain.Address:
        return rules.parse_address(intake, self, *path)


@strawberry.type(description="What is needed of one field.")
class AddressFieldRule:
    field: AddressField = strawberry.field(description="Which field.")  # type: ignore[valid-type]  # made by a call
    label: str = strawberry.field(description="How people of the country call it, in the language of the request.")
    required: bool = strawberry.field(description="Must be filled in; a last name only where there is no company.")


@strawberry.type(description="A state, province or the like.")
class AddressRegion:
    code: str = strawberry.field(description="What is kept, and may be sent.")
    name: str = strawberry.field(description="Name for people; may be sent as well.")


@strawberry.type(description="What an address in one country needs.")
class AddressRules:
    country: CountryCode = strawberry.field(description="ISO 3166-1 alpha-2.")
    country_name: str = strawberry.field(description="In the language of the request.")
    fields: list[AddressFieldRule] = strawberry.field(description="In the order in which people there write them.")
    regions: list[AddressRegion] = strawberry.field(
        description="All there are to choose from; empty if it is free text."
    )
    postal_code_pattern: str | None = strawberry.field(
        description="Regular expression that postal codes match as a whole, in capitals; null: any text, or none."
    )
    postal_code_examples: list[str] = strawberry.field(description="To show in an empty field.")

    @classmethod
    def of(cls, found: rules.CountryRules, language: str) -> Self:
        said = words_in(language)
        return cls(
            country=CountryCode(found.country),
            country_name=_country_name(found.country, language),
            fields=[
                AddressFieldRule(field=rule.field, label=said(rule.label), required=rule.required)
                for rule in found.fields
            ],
            regions=[AddressRegion(code=region.code, name=region.name) for region in found.regions],
            postal_code_pattern=found.postal_code_pattern,
            postal_code_examples=list(found.postal_code_examples),
        )


def _country_name(country: str, language: str) -> str:
    try:
        locale = Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        locale = Locale("en")
    return str(locale.territories.get(country, country))
