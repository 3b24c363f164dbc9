"""What asking a bank takes."""

from collections.abc import Callable
from datetime import datetime

from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.domain.value import value
from commerce_api.operations.ports import PaymentProvider
from commerce_api.persistence.sql import Database


@value
class PaymentDesk:
    """`inline` is whether the request that places an order asks the bank itself."""

    database: Database
    provider: PaymentProvider
    now: Callable[[], datetime]
    inline: bool

    def by(self, request_id: str) -> Attribution:
        return Attribution(actor=SYSTEM, at=self.now(), request_id=request_id)
