"""The reasons for canceling that a new store begins with; rows from then on, which may be changed."""

from typing import Final

from commerce_api.adapters.clock import now
from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.domain.order.cancel_reasons import PAYMENT_TIMEOUT, CancelReason
from commerce_api.persistence.sql import Database
from commerce_api.persistence.stores import cancel_reasons
from commerce_api.persistence.unit_of_work import UnitOfWork, unit_of_work


def _reason(code: str, en: str, de: str, *, staff: bool = True, shoppers: bool = False) -> CancelReason:
    return CancelReason(code=code, names={"en": en, "de": de}, for_staff=staff, for_shoppers=shoppers)


SHIPPED_CANCEL_REASONS: Final = (
    _reason("CHANGED_MIND", "No longer wanted", "Nicht mehr gewünscht", shoppers=True),
    _reason("ORDERED_BY_MISTAKE", "Ordered by mistake", "Versehentlich bestellt", shoppers=True),
    _reason("TAKES_TOO_LONG", "Takes too long", "Dauert zu lange", shoppers=True),
    _reason("FOUND_CHEAPER", "Found cheaper elsewhere", "Anderswo günstiger", shoppers=True),
    _reason("DUPLICATE", "Ordered twice", "Doppelt bestellt"),
    _reason("OUT_OF_STOCK", "Cannot be delivered", "Nicht lieferbar"),
    _reason("UNREACHABLE_ADDRESS", "Address cannot be reached", "Anschrift nicht erreichbar"),
    _reason("FRAUD", "Fraud", "Betrug"),
    _reason("OTHER", "Another reason", "Anderer Grund", shoppers=True),
    _reason(PAYMENT_TIMEOUT, "Not paid in time", "Nicht rechtzeitig bezahlt", staff=False),
)


async def put_shipped_cancel_reasons(database: Database) -> None:
    """After each change of the schema, in a transaction of the system's own."""
    by = Attribution(actor=SYSTEM, at=now(), request_id="shipped-cancel-reasons")
    async with unit_of_work(database, by, new_id) as uow:
        await seed_cancel_reasons(uow)


async def seed_cancel_reasons(uow: UnitOfWork) -> None:
    """As far as they are not there; what people made of them stays."""
    await cancel_reasons.seed(uow.connection, [(uow.new_id(), reason) for reason in SHIPPED_CANCEL_REASONS])
