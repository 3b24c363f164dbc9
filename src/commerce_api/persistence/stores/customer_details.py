"""What the desk writes down about customers, under the lock of their row."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Text, and_, any_, bindparam, delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from commerce_api.domain.customer_details import MOST_TRIES, Contact
from commerce_api.domain.customer_keys import BOTH_NAMES, CustomerKey
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.value import value
from commerce_api.persistence.readers.customers import visible_customers, visible_to
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.customer_desk import customer_challenges as challenges
from commerce_api.persistence.tables.customer_desk import customer_contacts as contacts
from commerce_api.persistence.tables.customer_desk import customer_keys as keys
from commerce_api.persistence.tables.identity import accounts, customers
from commerce_api.persistence.unit_of_work import UnitOfWork

_NEW = (
    *("id", "email", "logon", "password_hash", "password_is_temporary", "made_by_staff", "first_name", "last_name"),
    *("phone", "language", "currency", "order_mail", "status", "channel_id", "created_at", "updated_at"),
)
_ADD = insert_into(customers, *_NEW)
_SIGNS_IN = Statement(
    update(customers)
    .where(customers.c.id == bindparam("customer_id"))
    .values(email=bindparam("new_email"), logon=bindparam("new_logon"))
)
_TAKEN = Statement(
    select(customers.c.id, customers.c.email, customers.c.logon).where(
        or_(customers.c.email == bindparam("email"), customers.c.logon == bindparam("logon"))
    )
)
_ACCOUNT = Statement(select(accounts).where(accounts.c.number == bindparam("number")))
_NEW_ACCOUNT = Statement(
    insert(accounts)
    .values({name: bindparam(name, type_=accounts.c[name].type) for name in ("id", "number", "name")})
    .on_conflict_do_nothing()
)
_BELONGS = Statement(
    update(customers)
    .where(customers.c.id == bindparam("customer_id"))
    .values(account_id=bindparam("account", type_=customers.c.account_id.type))
)
_NO_CONTACTS = Statement(delete(contacts).where(contacts.c.customer_id == bindparam("customer_id")))
_CONTACT = insert_into(contacts)
_ASK = Statement(
    insert(challenges)
    .values(
        customer_id=bindparam("customer_id"),
        question=bindparam("question"),
        answer_hash=bindparam("answer_hash"),
        tries=0,
    )
    .on_conflict_do_update(
        index_elements=["customer_id"],
        set_={"question": bindparam("question"), "answer_hash": bindparam("answer_hash"), "tries": 0},
    )
)
_CHALLENGE = Statement(select(challenges).where(challenges.c.customer_id == bindparam("customer_id")).with_for_update())
_TRY = Statement(
    update(challenges)
    .where(challenges.c.customer_id == bindparam("customer_id"), challenges.c.tries < MOST_TRIES)
    .values(tries=challenges.c.tries + 1)
    .returning(challenges.c.answer_hash, challenges.c.tries)
)
_UNLOCK = Statement(update(challenges).where(challenges.c.customer_id == bindparam("customer_id")).values(tries=0))
_KNEW = Statement(
    update(challenges)
    .where(challenges.c.customer_id == bindparam("customer_id"), challenges.c.answer_hash == bindparam("known"))
    .values(tries=0)
)
_other = keys.alias()
_LIKELY_THE_SAME = Statement(
    select(keys.c.customer_id)
    .distinct()
    .select_from(keys.join(customers))
    .where(
        visible_customers(),
        or_(
            and_(
                keys.c.kind == CustomerKey.PHONE.value, keys.c.value == any_(bindparam("phones", type_=ARRAY(Text())))
            ),
            and_(keys.c.kind == CustomerKey.EMAIL.value, keys.c.value == any_(bindparam("mails", type_=ARRAY(Text())))),
            and_(
                keys.c.kind == BOTH_NAMES,
                keys.c.value == bindparam("names"),
                exists().where(
                    _other.c.customer_id == keys.c.customer_id,
                    _other.c.kind == CustomerKey.POSTAL_CODE.value,
                    _other.c.value == any_(bindparam("codes", type_=ARRAY(Text()))),
                ),
            ),
        ),
    )
    .order_by(keys.c.customer_id)
    .limit(5)
)


@value
class Taken:
    """Who else has them."""

    email: CustomerId | None
    logon: CustomerId | None


class CustomerDetailStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def taken(self, email: str, logon: str | None, *, by_others_than: UUID | None) -> Taken:
        rows = await self._connection.fetch(_TAKEN, email=email, logon=logon)
        others = [row for row in rows if row["id"] != by_others_than]
        with_logon = (row["id"] for row in others if logon is not None and row["logon"] == logon)
        with_email = (row["id"] for row in others if row["email"] == email)
        return Taken(email=next(with_email, None), logon=next(with_logon, None))

    async def add(self, values: Mapping[str, Any]) -> bool:
        """Whether nobody else came first with the mail address or the logon."""
        return await self._unless_taken(_ADD, values)

    async def sign_in_with(self, customer_id: UUID, email: str, logon: str | None) -> bool:
        return await self._unless_taken(_SIGNS_IN, {"customer_id": customer_id, "new_email": email, "new_logon": logon})

    async def _unless_taken(self, statement: Statement, values: Mapping[str, Any]) -> bool:
        try:
            async with self._connection.savepoint():
                await self._connection.execute(statement, values)
        except asyncpg.UniqueViolationError:
            return False
        return True

    async def account(self, number: str) -> Row | None:
        return await self._connection.fetch_one(_ACCOUNT, number=number)

    async def new_account(self, number: str, name: str) -> None:
        await self._connection.execute(_NEW_ACCOUNT, {"name": name}, id=self._uow.new_id(), number=number)

    async def belongs_to(self, customer_id: UUID, account_id: UUID | None) -> None:
        await self._connection.execute(_BELONGS, customer_id=customer_id, account=account_id)

    async def replace_contacts(self, customer_id: UUID, given: Sequence[Contact]) -> None:
        await self._connection.execute(_NO_CONTACTS, customer_id=customer_id)
        rows = [
            {
                "id": self._uow.new_id(),
                "customer_id": customer_id,
                "position": place,
                "kind": contact.kind,
                "value": contact.value,
                "label": contact.label,
            }
            for place, contact in enumerate(given)
        ]
        await self._connection.execute_many(_CONTACT, rows)

    async def ask(self, customer_id: UUID, question: str, answer_hash: str) -> None:
        """The question from now on, with all tries."""
        said = {"question": question, "answer_hash": answer_hash}
        await self._connection.execute(_ASK, said, customer_id=customer_id)

    async def challenge(self, customer_id: UUID) -> Row | None:
        return await self._connection.fetch_one(_CHALLENGE, customer_id=customer_id)

    async def begin_try(self, customer_id: UUID) -> Row | None:
        """What to compare with, after the try was counted; None if there is none left. Of several at once each counts."""
        return await self._connection.fetch_one(_TRY, customer_id=customer_id)

    async def knew(self, customer_id: UUID, answer_hash: str) -> None:
        """All tries are back, unless the question was changed meanwhile."""
        await self._connection.execute(_KNEW, customer_id=customer_id, known=answer_hash)

    async def unlock(self, customer_id: UUID) -> None:
        await self._connection.execute(_UNLOCK, customer_id=customer_id)

    async def likely_the_same(self, **traits: Any) -> tuple[CustomerId, ...]:
        """Some customers, whom the actor may find, that share a trait that hardly anybody shares."""
        rows = await self._connection.fetch(_LIKELY_THE_SAME, **traits, **visible_to(self._uow.by.actor))
        return tuple(CustomerId(row["customer_id"]) for row in rows)
