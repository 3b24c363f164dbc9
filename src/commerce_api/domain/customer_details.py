"""What the desk writes down about a customer: how to sign in, how to reach them, what a caller is known by (S1-15)."""

import re
from typing import Any, ClassVar, Final

from commerce_api.domain.decision import Caution, Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.folding import folded
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.intake import Intake
from commerce_api.domain.value import value

MOST_CONTACTS: Final = 20
MOST_TRIES: Final = 3
_LOGON: Final = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")


class ContactKind(DescribedEnum):
    PHONE = "PHONE", "A telephone that stays where it is."
    MOBILE = "MOBILE", "A telephone that is carried about."
    FAX = "FAX", "A fax machine."
    EMAIL = "EMAIL", "A further mail address; nobody signs in with it."


@value
class Contact:
    """`value` is in its normal form: E.164, or a mail address in small letters."""

    kind: ContactKind
    value: str
    label: str = ""


@value
class CustomerCreated:
    """By staff. `with_password`: with one that has to be changed at the first sign-in."""

    with_password: bool
    fields: tuple[str, ...] = ()


@value
class CustomerUpdated:
    """By staff: what was written anew."""

    fields: tuple[str, ...]


@value
class InvitationSent:
    pass


@value
class ChallengePassed:
    """A caller knew the answer."""


@value
class ChallengeFailed:
    tries_left: int


@value
class ChallengeUnlocked:
    pass


@value
class LogonTaken(Refusal):
    """Another customer signs in with this; choose another logon."""

    staff_only: ClassVar[bool] = True
    customer_id: CustomerId


@value
class EmailTaken(Refusal):
    """There is a customer with this mail address already."""

    staff_only: ClassVar[bool] = True
    customer_id: CustomerId


@value
class EmailConfirmed(Refusal):
    """The customer has confirmed this mail address; staff cannot change it any more."""

    staff_only: ClassVar[bool] = True


@value
class AccountNamedOtherwise(Refusal):
    """The account with this number is called {name}."""

    staff_only: ClassVar[bool] = True
    name: str


@value
class UnknownAccount(Refusal):
    """There is no account with this number; give its name to make one."""

    staff_only: ClassVar[bool] = True


@value
class AlreadySignsIn(Refusal):
    """This customer has confirmed the address and signs in already; a forgotten password takes `sendPasswordReset`."""

    staff_only: ClassVar[bool] = True


@value
class NoChallenge(Refusal):
    """This customer has no question to be known by."""

    staff_only: ClassVar[bool] = True


@value
class WrongAnswer(Refusal):
    """This is not the answer. Tries left: {tries_left}."""

    staff_only: ClassVar[bool] = True
    tries_left: int


@value
class ChallengeLocked(Refusal):
    """There were too many wrong answers. A supervisor has to unlock the question."""

    staff_only: ClassVar[bool] = True


@value
class DuplicateSuspected(Caution):
    """There are customers with the same telephone, mail address, or name and postal code: {count}."""

    staff_only: ClassVar[bool] = True
    customer_ids: tuple[CustomerId, ...]
    count: int


def parse_logon(intake: Intake, raw: str, *path: Any) -> str:
    """One spelling for each, and never a mail address, so that none can be taken for somebody else's."""
    logon = logon_of(raw)
    if logon is None:
        intake.invalid("3 to 64 letters, digits, dots, dashes and underscores, please.", *path)
    return logon or ""


def logon_of(raw: str) -> str | None:
    """None if it cannot be one."""
    logon = raw.strip().lower()
    return logon if _LOGON.fullmatch(logon) else None


def parse_answer(intake: Intake, raw: str, *path: Any) -> str:
    """As it is compared: capitals, accents, spaces and signs do not count when somebody says it by telephone, and whoever types it
    may have no key for an umlaut.
    """
    answer = folded(intake.text(raw, *path, most=100))
    if len(answer) < 2:  # noqa: PLR2004 - one letter is guessed at once
        intake.invalid("At least two letters or digits, please.", *path)
    return answer
