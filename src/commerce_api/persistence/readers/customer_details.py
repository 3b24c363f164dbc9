"""What the desk knows of customers beside the account."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from commerce_api.domain.customer import masked_mail, masked_phone, unmasked
from commerce_api.domain.customer_details import MOST_TRIES, Contact, ContactKind
from commerce_api.domain.value import value
from commerce_api.persistence.readers.customers import opened, opener, visible_customers, visible_to
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables.customer_desk import customer_challenges as challenges
from commerce_api.persistence.tables.customer_desk import customer_contacts as contacts
from commerce_api.persistence.tables.identity import accounts, customers

_CONTACTS = Statement(
    select(contacts, opened(), customers.c.channel_id)
    .select_from(contacts.join(customers))
    .where(among(contacts.c.customer_id), visible_customers())
    .order_by(contacts.c.customer_id, contacts.c.position)
)
_ACCOUNTS = Statement(
    select(customers.c.id.label("customer_id"), accounts.c.number, accounts.c.name)
    .select_from(customers.join(accounts))
    .where(among(customers.c.id), visible_customers())
)
_CHALLENGES = Statement(
    select(challenges.c.customer_id, challenges.c.question, challenges.c.tries)
    .select_from(challenges.join(customers))
    .where(among(challenges.c.customer_id), visible_customers())
)


@value
class AccountRow:
    number: str
    name: str


@value
class ChallengeState:
    question: str
    tries_left: int


async def contacts_of(scope: Scope, customer_ids: Sequence[UUID]) -> Mapping[UUID, list[Contact]]:
    found: dict[UUID, list[Contact]] = {id_: [] for id_ in customer_ids}
    values = {**visible_to(scope.actor), **opener(scope.actor, scope.at)}
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_CONTACTS, ids=list(customer_ids), **values)
    for row in rows:
        contact = Contact(kind=ContactKind(row["kind"]), value=row["value"], label=row["label"])
        whole = unmasked(scope.actor, row["customer_id"], row["channel_id"], opened=row["opened"])
        found[row["customer_id"]].append(contact if whole else _masked(contact))
    return found


def _masked(contact: Contact) -> Contact:
    mask = masked_mail if contact.kind is ContactKind.EMAIL else masked_phone
    return replace(contact, value=mask(contact.value))


async def accounts_of(scope: Scope, customer_ids: Sequence[UUID]) -> Mapping[UUID, AccountRow]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_ACCOUNTS, ids=list(customer_ids), **visible_to(scope.actor))
    return {row["customer_id"]: AccountRow(number=row["number"], name=row["name"]) for row in rows}


async def challenges_of(scope: Scope, customer_ids: Sequence[UUID]) -> Mapping[UUID, ChallengeState]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_CHALLENGES, ids=list(customer_ids), **visible_to(scope.actor))
    return {
        row["customer_id"]: ChallengeState(question=row["question"], tries_left=MOST_TRIES - row["tries"])
        for row in rows
    }
