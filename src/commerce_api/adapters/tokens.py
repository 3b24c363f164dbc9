"""Secrets: how they are made, and how they are kept: never as they are."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from enum import StrEnum
from hashlib import sha256


class TokenKind(StrEnum):
    """The prefix of a token tells what it opens, to us before the database is asked, and to scanners for leaked secrets."""

    SHOP_ACCESS = "shop_access_"
    SHOP_REFRESH = "shop_refresh_"
    SHOP_ASSISTED = "shop_assisted_"
    STAFF_ACCESS = "staff_access_"
    STAFF_REFRESH = "staff_refresh_"
    API_KEY = "key_"
    MAILED = "mail_"
    SHARED = "shared_"
    CHALLENGE = "challenge_"


def new_token(kind: TokenKind) -> str:
    """256 random bits, safe in a URL."""
    return f"{kind.value}{secrets.token_urlsafe(32)}"


def derived_token(kind: TokenKind, secret: str, name: str) -> str:
    """The token with this name, as good as a random one to whoever lacks the server's secret."""
    made = urlsafe_b64encode(keyed_hash(secret, f"token\0{name}"))
    return f"{kind.value}{made.decode().rstrip('=')}"


def derived_code(secret: str, name: str, *, digits: int) -> str:
    """The same for what people type."""
    number = int.from_bytes(keyed_hash(secret, f"code\0{name}"), "big")
    return str(number % 10**digits).zfill(digits)


def token_hash(token: str) -> bytes:
    """For secrets of 128 random bits and more, which nobody can guess through a hash."""
    return sha256(token.encode()).digest()


def keyed_hash(secret: str, text: str) -> bytes:
    """For what could be guessed, such as a mail address: useless without the server's secret."""
    return hmac.digest(secret.encode(), text.encode(), "sha256")
