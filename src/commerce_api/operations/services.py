"""What a task in the background may use: the world outside, as one value."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from commerce_api.adapters.mail import Mailer
from commerce_api.adapters.payments.sandbox import SandboxProvider
from commerce_api.operations.payment_desk import PaymentDesk
from commerce_api.persistence.sql import Database
from commerce_api.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Services:
    """Handed to every handler and timed job."""

    settings: Settings
    database: Database
    now: Callable[[], datetime]
    mailer: Mailer | None = None

    @property
    def secret(self) -> str:
        return self.settings.secret.get_secret_value()

    @cached_property
    def desk(self) -> PaymentDesk:
        sandbox = SandboxProvider(self.database, now=self.now, address=self.settings.public_url)
        inline = self.settings.authorize == "inline"
        return PaymentDesk(database=self.database, provider=sandbox, now=self.now, inline=inline)
