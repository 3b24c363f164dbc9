"""Codes of an authenticator app (TOTP, RFC 6238), and how their secrets are kept: encrypted with a key of the server."""

import hmac
import os
import secrets
from base64 import b32encode
from datetime import datetime
from uuid import UUID

import pyotp

_SECONDS = 30
_NONCE = 12


def new_secret() -> str:
    return pyotp.random_base32()


def new_recovery_codes(how_many: int) -> tuple[str, ...]:
    """Of 80 random bits each, in groups to be written down."""
    made = (b32encode(secrets.token_bytes(10)).decode() for _ in range(how_many))
    return tuple("-".join(code[n : n + 4] for n in range(0, 16, 4)) for code in made)


def uri(secret: str, email: str, issuer: str) -> str:
    """What an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The time step that a code belongs to, if it is the present one or a neighbor: clocks differ."""
    now = int(at.timestamp()) // _SECONDS
    generator, found = pyotp.TOTP(secret), None
    for step in (now - 1, now, now + 1):
        if hmac.compare_digest(generator.generate_otp(step).encode(), code.encode()):
            found = step
    return found


class Safe:
    """Encrypts with a key derived from the server's secret, bound to whom it belongs.

    `cryptography` brings an OpenSSL of its own, six megabytes that few processes ever need.
    """

    def __init__(self, server_secret: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"commerce-api second factor")
        self._cipher = AESGCM(key.derive(server_secret.encode()))

    def seal(self, text: str, owner: UUID) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), owner.bytes)

    def open(self, sealed: bytes, owner: UUID) -> str | None:
        """None if it was sealed with another secret or for another owner."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above

        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], owner.bytes).decode()
        except InvalidTag:
            return None
