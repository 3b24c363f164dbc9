"""What a task in the background may use: the world outside, as one value."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from commerce_api.adapters.mail import Mailer
from commerce_api.persistence.sql import Database
from commerce_api.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Services:
    """Handed to every handler and timed job."""

    settings: Settings
    database: Database
    now: Callable[[], datetime]
    mailer: Mailer | None = None
