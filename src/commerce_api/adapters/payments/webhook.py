"""Signed messages in the form of Standard Webhooks: whoever has not the secret cannot make one, and none can be sent later."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from commerce_api.domain.value import value

TOLERANCE: Final = timedelta(minutes=5)


@value
class Signed:
    """A message that is what its sender sent. `id` is the same however often it is delivered."""

    id: str
    body: bytes


def signature(secret: bytes, id: str, at: datetime, body: bytes) -> str:
    content = f"{id}.{int(at.timestamp())}.".encode() + body
    return f"v1,{b64encode(hmac.digest(secret, content, sha256)).decode()}"


def verified(secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> Signed | None:
    """None if the message is not the sender's, or not fresh."""
    id_, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not id_ or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:  # noqa: PLR2004 - the year 33,000
        return None
    at = datetime.fromtimestamp(int(stamp), UTC)
    expected = signature(secret, id_, at, body).encode()
    given = [part.encode() for part in headers.get("webhook-signature", "").split(" ")]
    good = any(hmac.compare_digest(expected, one) for one in given)
    return Signed(id=id_, body=body) if good and abs(now - at) <= TOLERANCE else None
