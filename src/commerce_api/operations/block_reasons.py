"""The reasons for which orders are held up, as a new store has them; rows from then on, which may be changed (C.2)."""

from typing import Final

from commerce_api.adapters.clock import now
from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.domain.blocks import BlockReason, BlockScope, ReasonKind
from commerce_api.domain.ids import BlockReasonId
from commerce_api.domain.value import value
from commerce_api.operations.roles import SHIPPED_ROLES
from commerce_api.persistence.sql import Database
from commerce_api.persistence.stores.blocks import BlockStore
from commerce_api.persistence.unit_of_work import UnitOfWork, unit_of_work

NEUTRAL: Final = {"en": "We are having a closer look at this.", "de": "Wir sehen uns das gerade genauer an."}
"""What shoppers read, whatever the reason: above all no thief learns that somebody is suspicious (B10)."""


@value
class ShippedReason:
    """`loosens` when what caused it is gone; without `hours` nobody is reminded."""

    code: str
    kind: ReasonKind
    category: str
    en: str
    de: str
    loosens: bool = False
    four_eyes: bool = False
    comment_required: bool = False
    only_resolver_roles: bool = False
    hours: int | None = None


def _auto(code: str, category: str, en: str, de: str, hours: int, *, loosens: bool = False) -> ShippedReason:
    return ShippedReason(
        code=code,
        kind=ReasonKind.AUTOMATIC,
        category=category,
        en=en,
        de=de,
        hours=hours,
        loosens=loosens,
        four_eyes=True,
        only_resolver_roles=code == "CREDIT_LIMIT",
    )


def _manual(code: str, category: str, en: str, de: str, hours: int | None) -> ShippedReason:
    return ShippedReason(
        code=code,
        kind=ReasonKind.MANUAL,
        category=category,
        en=en,
        de=de,
        hours=hours,
        four_eyes=category == "FRAUD",
        comment_required=code == "OTHER",
    )


SHIPPED_REASONS: Final = (
    _auto("FRAUD_SCORE", "FRAUD", "Looks like fraud", "Sieht nach Betrug aus", 24),
    _auto("AVS_MISMATCH", "FRAUD", "Bank knows another address", "Die Bank kennt eine andere Adresse", 24),
    _auto("CVV_MISMATCH", "FRAUD", "Security code was wrong", "Die Prüfziffer war falsch", 24),
    _auto("PAYMENT_ATTEMPTS", "FRAUD", "Many declined payments", "Viele abgelehnte Zahlungen", 24),
    _auto("DUPLICATE_SUSPECTED", "FRAUD", "Perhaps ordered twice", "Vielleicht doppelt bestellt", 8),
    _auto("AUTH_EXPIRED", "PAYMENT", "Authorization has expired", "Die Autorisierung ist abgelaufen", 24, loosens=True),
    _auto("CREDIT_LIMIT", "PAYMENT", "Beyond the credit limit", "Über dem Kreditrahmen", 24, loosens=True),
    _auto("PRICE_OVERRIDE_LIMIT", "PRICE", "Price below the limit", "Preis unter der Grenze", 8, loosens=True),
    _auto("CHARGE_OVERRIDE_LIMIT", "PRICE", "Charge below the limit", "Gebühr unter der Grenze", 8, loosens=True),
    _auto("DISCOUNT_LIMIT", "PRICE", "Deduction beyond the limit", "Abzug über der Grenze", 8, loosens=True),
    _auto("ORDER_VALUE_LIMIT", "PRICE", "Costs very much", "Kostet sehr viel", 8, loosens=True),
    _auto("ADDRESS_UNVERIFIED", "ADDRESS", "Address not verified", "Adresse nicht geprüft", 24, loosens=True),
    _auto("SHIP_TO_RESTRICTED", "ADDRESS", "May not be sent there", "Darf dorthin nicht", 24, loosens=True),
    _auto("AGE_CHECK", "LEGAL", "Age of the buyer", "Alter des Käufers", 24),
    _auto("REVIEW", "REVIEW", "To be reviewed", "Durchzusehen", 24),
    _auto("APPROVAL", "REVIEW", "To be approved", "Freizugeben", 24),
    _auto("PROMISE_UNKNOWN", "STOCK", "No date can be promised", "Kein Liefertermin", 24, loosens=True),
    _manual("FRAUD_SUSPECTED", "FRAUD", "Fraud suspected", "Betrugsverdacht", 24),
    _manual("CUSTOMER_REQUEST", "CUSTOMER", "Customer asked to wait", "Kunde bittet zu warten", None),
    _manual("ADDRESS_CHECK", "ADDRESS", "Check the address", "Adresse prüfen", 24),
    _manual("PRICE_DISPUTE", "PRICE", "Price in dispute", "Preis strittig", 24),
    _manual("AWAITING_DOCUMENTS", "LEGAL", "Waits for documents", "Wartet auf Unterlagen", 72),
    _manual("OTHER", "OTHER", "Something else", "Etwas anderes", 24),
)


async def put_shipped_block_reasons(database: Database) -> None:
    """After each change of the schema, in a transaction of the system's own."""
    by = Attribution(actor=SYSTEM, at=now(), request_id="shipped-block-reasons")
    async with unit_of_work(database, by, new_id) as uow:
        await seed_block_reasons(uow)


async def seed_block_reasons(uow: UnitOfWork) -> None:
    """The shipped reasons, as far as they are not there; what people made of them stays."""
    store = BlockStore(uow)
    for shipped in SHIPPED_REASONS:
        await store.seed(_reason(shipped, BlockReasonId(uow.new_id())))


def _reason(shipped: ShippedReason, id: BlockReasonId) -> BlockReason:
    by_hand = shipped.kind is ReasonKind.MANUAL
    return BlockReason(
        id=id,
        code=shipped.code,
        kind=shipped.kind,
        category=shipped.category,
        scope=BlockScope.LINES if by_hand else BlockScope.ORDER,
        auto_resolve=shipped.loosens,
        resolver_roles=frozenset(role.code for role in SHIPPED_ROLES if shipped.category in role.resolves),
        only_resolver_roles=shipped.only_resolver_roles,
        four_eyes=shipped.four_eyes,
        comment_required=shipped.comment_required,
        names={"en": shipped.en, "de": shipped.de},
        shopper_texts=NEUTRAL,
        sla_hours=shipped.hours,
    )
