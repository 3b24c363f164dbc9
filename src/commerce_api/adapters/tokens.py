"""How secrets are kept: never as they are."""

import hmac
from hashlib import sha256


def token_hash(token: str) -> bytes:
    """For secrets of 128 random bits and more, which nobody can guess through a hash."""
    return sha256(token.encode()).digest()


def keyed_hash(secret: str, text: str) -> bytes:
    """For what could be guessed, such as a mail address: useless without the server's secret."""
    return hmac.digest(secret.encode(), text.encode(), "sha256")
