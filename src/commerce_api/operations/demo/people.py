"""Demonstration customers and staff. Their password is printed; the addresses of their mail cannot exist (RFC 2606)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from commerce_api.adapters.ids import new_id, new_secret
from commerce_api.adapters.payments.sandbox import TEST_CARDS
from commerce_api.domain.address import Address
from commerce_api.domain.customer_keys import Traits
from commerce_api.domain.value import value
from commerce_api.operations.demo.settings import Places
from commerce_api.persistence.stores import customer_keys
from commerce_api.persistence.stores.bulk import Rows

PASSWORD: Final = "kettle on the moss"  # noqa: S105 - printed on purpose


@value
class DemoAccount:
    """`who` says to people what the account may do."""

    email: str
    password: str
    who: str


@value
class DemoAccounts:
    customers: tuple[DemoAccount, ...]
    staff: tuple[DemoAccount, ...]


_CUSTOMERS: Final = (
    (
        "lena@forest.example",
        "eu",
        "de",
        "EUR",
        "Customer in Germany, friend of the forest (own price list)",
        Address(
            first_name="Lena",
            last_name="Waldmann",
            line1="Ahornweg 7",
            city="Goslar",
            postal_code="38640",
            country="DE",
            phone="+4953211234567",
        ),
        "4242424242424242",
    ),
    (
        "emile@forest.example",
        "eu",
        "en",
        "EUR",
        "Customer in France",
        Address(
            first_name="Émile",
            last_name="Dubois",
            line1="12 rue des Tilleuls",
            city="Lyon",
            postal_code="69003",
            country="FR",
            phone="+33478123456",
        ),
        "4000000000000002",
    ),
    (
        "mara@forest.example",
        "us",
        "en",
        "USD",
        "Customer in California",
        Address(
            first_name="Mara",
            last_name="Brook",
            line1="2200 Juniper Street",
            city="Los Angeles",
            region="CA",
            postal_code="90012",
            country="US",
            phone="+12135550142",
        ),
        "4242424242424242",
    ),
)


def demo_accounts(roles: Mapping[str, tuple[UUID, str]]) -> DemoAccounts:
    """One member of staff for each role."""
    return DemoAccounts(
        customers=tuple(DemoAccount(email=c[0], password=PASSWORD, who=c[4]) for c in _CUSTOMERS),
        staff=tuple(
            DemoAccount(email=_staff_email(code), password=PASSWORD, who=name) for code, (_, name) in roles.items()
        ),
    )


def _staff_email(role: str) -> str:
    return f"{role.lower().replace('_', '-')}@staff.example"


def put_customers(rows: Rows, places: Places, password_hash: str, at: datetime) -> None:
    made = [(new_id(), *customer) for customer in _CUSTOMERS]
    for id_, email, channel, language, currency, _, address, card in made:
        rows.add(
            "customers",
            id=id_,
            email=email,
            email_verified_at=at,
            password_hash=password_hash,
            first_name=address.first_name,
            last_name=address.last_name,
            phone=address.phone,
            language=language,
            currency=currency,
            status="ENABLED",
            terms_version="2026-01",
            channel_id=places.channels[channel],
            assistance_with_cards=True,
            created_at=at,
            updated_at=at,
        )
        rows.add(
            "addresses", id=new_id(), customer_id=id_, address=address, default_shipping=True, default_billing=True
        )
        if language == "de":
            rows.add("customer_group_members", customer_id=id_, group_id=places.groups["friends"])
            rows.add("customer_terms", customer_id=id_, days=30, limits={"EUR": 50_000}, agreed_at=at)
        _put_card(rows, id_, card, at)
    traits = ((id_, _traits(email, address)) for id_, email, _, _, _, _, address, _ in made)
    customer_keys.put(rows, traits, known=set())


def _put_card(rows: Rows, customer_id: UUID, number: str, at: datetime) -> None:
    """A card of the sandbox's that is kept, so that its owner can order by telephone."""
    token = f"card_{new_secret()}"
    rows.add(
        "vault_cards",
        token=token,
        brand="VISA",
        last_four=number[-4:],
        expiry_month=12,
        expiry_year=at.year + 5,
        fingerprint=b"",
        script=TEST_CARDS[number],
        created_at=at,
    )
    rows.add("payment_methods", id=new_id(), customer_id=customer_id, card_token=token, is_default=True, created_at=at)


def _traits(email: str, address: Address) -> Traits:
    return Traits(
        logon=email,
        emails=(email,),
        first_name=address.first_name,
        last_name=address.last_name,
        phones=(address.phone,),
        postal_codes=(address.postal_code,),
        cities=(address.city,),
        companies=(),
        accounts=(),
    )


def put_staff(rows: Rows, roles: Mapping[str, tuple[UUID, str]], password_hash: str, at: datetime) -> None:
    for code, (role_id, name) in roles.items():
        id_ = new_id()
        rows.add(
            "staff",
            id=id_,
            email=_staff_email(code),
            name=f"Demo {name}",
            password_hash=password_hash,
            status="ENABLED",
            created_at=at,
        )
        rows.add("staff_roles", staff_id=id_, role_id=role_id)
