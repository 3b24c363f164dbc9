"""Card data comes in here and nowhere else; what leaves is a token (C.6 P1, P2).

The number lives in the memory of one call. What is kept is the face of the card and a keyed fingerprint of the number, by
which the same card can be recognized without anybody being able to tell its number.
"""

from datetime import datetime

from commerce_api.adapters.ids import new_secret
from commerce_api.adapters.payments.sandbox import TEST_CARDS
from commerce_api.adapters.tokens import keyed_hash
from commerce_api.domain.card import CardBrand, CardEntry, CardFace, brand_rule, face_of, problems_of
from commerce_api.domain.decision import Refusal, Refused, refuse
from commerce_api.domain.value import value
from commerce_api.persistence.sql import Database
from commerce_api.persistence.stores import vault


@value
class SandboxCardsOnly(Refusal):
    """This is a sandbox: it takes only the test card numbers of its documentation. Never give it a real card."""


@value
class Tokenized:
    token: str
    card: CardFace


@value
class CardVault:
    """`secret` keys the fingerprints; `accepted` are the brands that are taken."""

    database: Database
    secret: str
    accepted: frozenset[CardBrand]

    async def tokenize(self, entry: CardEntry, at: datetime) -> Tokenized | Refused:
        """Check a card and keep what may be kept."""
        brand = brand_rule(entry.number)
        problems = problems_of(entry, accepted=self.accepted, at=at)
        if problems or brand is None:
            return Refused(reasons=tuple(problems))
        script = TEST_CARDS.get(entry.number)
        if script is None:
            return refuse(SandboxCardsOnly(path=("number",)))
        token, face = f"card_{new_secret()}", face_of(entry, brand.brand)
        fingerprint = keyed_hash(self.secret, f"card:{entry.number}")
        async with self.database.connection() as connection:
            await vault.add(connection, token, face, fingerprint=fingerprint, script=script, at=at)
        return Tokenized(token=token, card=face)
