"""Mail addresses: one spelling for each, so that one identifies one account."""

import re
from typing import Any

from commerce_api.domain.intake import Intake

_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST, _LONGEST_LOCAL = 254, 64


def normalized(raw: str) -> str | None:
    """Lower case, the domain in its ASCII form; None if it cannot be an address that mail reaches."""
    local, at, host = raw.strip().lower().rpartition("@")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    labels = host.split(".")
    plausible = at and len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
    if not plausible or not _LOCAL.fullmatch(local) or len(local) > _LONGEST_LOCAL:
        return None
    address = f"{local}@{host}"
    return address if len(address) <= _LONGEST else None


def parse_email(intake: Intake, raw: str, *path: Any) -> str:
    address = normalized(raw)
    if address is None:
        intake.invalid("This is not a mail address.", *path)
    return address or ""
