"""What opens something and is told by mail: the token of a link, or a code to type.

It is made of the mail's id with the server's secret, again whenever the mail is sent or shown. So neither the outbox nor a kept
mail nor the row it is looked up by holds anything that a reader of the database, or of its backup, could use.
"""

from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from commerce_api.adapters.tokens import TokenKind, derived_code, derived_token, keyed_hash, token_hash
from commerce_api.domain.value import value
from commerce_api.persistence.stores.one_time_tokens import Purpose

PLACE: Final = "[secret]"
"""Stands in the content of a kept mail where the secret belongs."""


@value
class Opening:
    """What a mail opens, and until when; alone, or `beside` what earlier mails open."""

    purpose: Purpose
    subject_id: UUID
    until: datetime
    beside: bool = False

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """As it comes out of the outbox."""
        return cls(
            purpose=Purpose(document["purpose"]),
            subject_id=UUID(document["subject_id"]),
            until=datetime.fromisoformat(document["until"]),
            beside=document["beside"],
        )

    def hash_of(self, server_secret: str, mail_id: UUID) -> bytes:
        """What the secret of this mail is recognized by when it comes back."""
        secret = secret_of(server_secret, mail_id, self.purpose)
        if self.purpose is Purpose.READ_ORDER:
            return order_code_hash(server_secret, self.subject_id, secret)
        return token_hash(secret)


def data_with(purpose: Purpose, data: dict[str, Any]) -> dict[str, Any]:
    """What a mail is written with: the secret's place instead of the secret."""
    return {**data, "code" if purpose is Purpose.READ_ORDER else "token": PLACE}


def filled(text: str, server_secret: str, mail_id: UUID, purpose: str | None) -> str:
    """The content of a kept mail, complete."""
    return text.replace(PLACE, secret_of(server_secret, mail_id, Purpose(purpose))) if purpose else text


def secret_of(server_secret: str, mail_id: UUID, purpose: Purpose) -> str:
    name = f"{purpose}\0{mail_id}"
    if purpose is Purpose.READ_ORDER:
        code = derived_code(server_secret, name, digits=8)
        return f"{code[:4]} {code[4:]}"
    return derived_token(TokenKind.MAILED, server_secret, name)


def order_code_hash(server_secret: str, order_id: UUID, code: str) -> bytes:
    """Keyed, because eight digits could be guessed through a plain hash; however the code is spaced."""
    return keyed_hash(server_secret, f"order-access\0{order_id}\0{''.join(filter(str.isdigit, code))}")
