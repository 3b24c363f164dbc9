"""The reasons for changing money that a new store begins with; rows from then on, which may be changed."""

from collections.abc import Iterable
from typing import Final

from commerce_api.adapters.clock import now
from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.domain.adjustment import AdjustmentKind, OverrideReason
from commerce_api.persistence.sql import Database
from commerce_api.persistence.stores.override_reasons import seed
from commerce_api.persistence.unit_of_work import unit_of_work

_K = AdjustmentKind
_LOWER: Final = frozenset({_K.LINE_PRICE, _K.CHARGE, _K.DEDUCTION})


def _reason(code: str, en: str, de: str, kinds: Iterable[_K] = _LOWER, *, note: bool = False) -> OverrideReason:
    return OverrideReason(code=code, names={"en": en, "de": de}, kinds=frozenset(kinds), note_required=note)


SHIPPED_OVERRIDE_REASONS: Final = (
    _reason("PRICE_MATCH", "Price match", "Preisgarantie", {_K.LINE_PRICE}),
    _reason("NEGOTIATED", "Negotiated", "Ausgehandelt", {_K.LINE_PRICE, _K.DEDUCTION}),
    _reason("GOODWILL", "Goodwill", "Kulanz"),
    _reason("LATE_DELIVERY", "Late delivery", "Verspätete Lieferung"),
    _reason("DAMAGED", "Slight damage", "Kleiner Schaden", {_K.LINE_PRICE, _K.DEDUCTION}),
    _reason("CUSTOMER_WISH", "On request", "Auf Wunsch", {_K.EXTRA_CHARGE}),
    _reason("REQUIRED", "Required", "Erforderlich", {_K.EXTRA_CHARGE}),
    _reason("CORRECTION", "Correction", "Korrektur", _K, note=True),
    _reason("OTHER", "Other", "Anderes", _K, note=True),
)


async def put_shipped_override_reasons(database: Database) -> None:
    """After each change of the schema, in a transaction of the system's own; what people made of them stays."""
    by = Attribution(actor=SYSTEM, at=now(), request_id="shipped-override-reasons")
    async with unit_of_work(database, by, new_id) as uow:
        await seed(uow, SHIPPED_OVERRIDE_REASONS)
