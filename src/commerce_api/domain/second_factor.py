"""A second factor: codes of an authenticator app, and recovery codes for the day when the device is lost."""

import re
from typing import Final

from commerce_api.domain.decision import Refusal
from commerce_api.domain.value import value

RECOVERY_CODES: Final = 10
"""How many somebody gets; each is good once."""


@value
class SecondFactorTurnedOn:
    pass


@value
class SecondFactorTurnedOff:
    pass


@value
class RecoveryCodesRenewed:
    pass


@value
class RecoveryCodeUsed:
    left: int


@value
class SecondFactorNeeded(Refusal):
    """This account has no second factor yet; get a secret for an authenticator app first."""


@value
class AlreadyEnrolled(Refusal):
    """This account has a second factor already; turn it off before taking another."""


@value
class InvalidCode(Refusal):
    """This code is not right, or was used before. Take the next one."""


def recovery_code(typed: str) -> str:
    """In its normal form, however it was written down."""
    return re.sub(r"[^0-9A-Z]", "", typed.upper())
