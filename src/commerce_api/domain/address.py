"""Postal addresses as values. Which fields a country needs is decided in `address_rules`."""

from commerce_api.domain.value import value


@value
class Address:
    """As people write it. `country` is ISO 3166-1 alpha-2, `region` the country's own code where it has one, `phone` E.164."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str
    phone: str = ""
