"""Mails about accounts. Whoever asks for one gets the same answer at once; who the address belongs to is looked up afterwards,
by the worker, so that neither the answer nor its time tells whether there is an account (D22).
"""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.domain.customer import CustomerStatus
from commerce_api.domain.decision import Refused
from commerce_api.domain.throttle import ACCOUNT_MAIL
from commerce_api.domain.value import value
from commerce_api.operations.entrance import Entrance
from commerce_api.operations.execute import execute
from commerce_api.operations.mailed_secrets import Opening
from commerce_api.operations.services import Services
from commerce_api.persistence.readers.customers import Addressee, addressee
from commerce_api.persistence.stores.accounts import Account
from commerce_api.persistence.stores.one_time_tokens import Purpose
from commerce_api.persistence.unit_of_work import UnitOfWork

TOPIC = "account-mail"
LASTS = {Purpose.VERIFY_EMAIL: timedelta(days=3), Purpose.RESET_PASSWORD: timedelta(hours=1)}


class Occasion(StrEnum):
    """What somebody did with an address."""

    REGISTERED = "REGISTERED"
    ASKED_TO_VERIFY = "ASKED_TO_VERIFY"
    ASKED_TO_RESET = "ASKED_TO_RESET"


@value
class AskForMail:
    """`email` in its normal form; empty if it has none, which nobody gets mail at."""

    email: str
    occasion: Occasion
    language: str


async def ask(entrance: Entrance, command: AskForMail) -> Refused | None:
    """Answers the same for every address."""
    if refused := await entrance.admit(ACCOUNT_MAIL, command.email):
        return refused
    return await entrance.write(put, command)


async def put(uow: UnitOfWork, command: AskForMail) -> None:
    uow.outbox.put(TOPIC, command)


async def tell(uow: UnitOfWork, kind: str, account: Account) -> None:
    """What was done with an account, whoever did it."""
    mail = {
        "kind": kind,
        "recipient": account.email,
        "language": account.language or "en",
        "data": {"name": account.name},
    }
    uow.outbox.put("mail", mail)


async def send(services: Services, payload: dict[str, Any]) -> None:
    """The topic's handler: puts the mail that fits the account, or none."""
    by = Attribution(actor=SYSTEM, at=services.now(), request_id=str(payload["dedupe_key"]))
    await execute(services.database, by, _send, payload)


async def _send(uow: UnitOfWork, payload: dict[str, Any]) -> None:
    account = await addressee(uow.connection, payload["email"])
    if account is None or (fitting := _fitting(Occasion(payload["occasion"]), account)) is None:
        return
    kind, purpose = fitting
    mail = {
        "kind": kind,
        "recipient": payload["email"],
        "language": account.language or payload["language"],
        "data": {"name": account.first_name or account.last_name},
        "opens": Opening(purpose=purpose, subject_id=account.id, until=uow.by.at + LASTS[purpose]),
    }
    uow.outbox.put("mail", mail, dedupe_key=f"{TOPIC}/{payload['dedupe_key']}")


def _fitting(occasion: Occasion, account: Addressee) -> tuple[str, Purpose] | None:
    """The kind of mail and what its link is good for."""
    match occasion, account.known:
        case _ if account.status is CustomerStatus.DISABLED:
            return None
        case Occasion.REGISTERED | Occasion.ASKED_TO_VERIFY, False:
            return "VERIFY_EMAIL", Purpose.VERIFY_EMAIL
        case Occasion.REGISTERED, True:
            return "ALREADY_REGISTERED", Purpose.RESET_PASSWORD
        case Occasion.ASKED_TO_RESET, _:
            return "RESET_PASSWORD", Purpose.RESET_PASSWORD
        case _:
            return None
