"""Channels as clients see them."""

from typing import ClassVar, Self

import strawberry

from commerce_api.domain import channel as domain
from commerce_api.schema.node import Node
from commerce_api.schema.scalars import CountryCode, CurrencyCode, LanguageCode


@strawberry.type(description="A shop front with its own currencies, languages, taxes and rules.")
class Channel(Node):
    prefix: ClassVar[str] = "chn"

    code: str = strawberry.field(description="Name for the `X-Channel` header.")
    name: str = strawberry.field(description="Name for people.")
    currencies: list[CurrencyCode] = strawberry.field(
        description="What can be paid in; the first is the default. Choose with the `X-Currency` header."
    )
    languages: list[LanguageCode] = strawberry.field(
        description="What texts are translated to; the first is the default. Choose with `Accept-Language`."
    )
    countries: list[CountryCode] = strawberry.field(description="Where this channel ships to.")
    prices_include_tax: bool = strawberry.field(
        description="Whether prices are shown and kept with tax (as in Europe) or without (as in the USA)."
    )
    terms_version: str = strawberry.field(
        description="Version of the terms in force, to send as `acceptedTermsVersion`."
    )

    @classmethod
    def of(cls, channel: domain.Channel) -> Self:
        return cls(
            key=channel.id,
            code=channel.code,
            name=channel.name,
            currencies=[CurrencyCode(code) for code in channel.currencies],
            languages=[LanguageCode(code) for code in channel.languages],
            countries=[CountryCode(code) for code in channel.countries],
            prices_include_tax=channel.prices_include_tax,
            terms_version=channel.terms_version,
        )
