"""Pictures that staff send in. The same picture is kept once."""

from hashlib import sha256
from uuid import UUID

from commerce_api.domain.decision import Refusal, Refused, refuse
from commerce_api.domain.picture import PictureFacts, PictureRegistered, address_of, facts_of
from commerce_api.domain.value import value
from commerce_api.persistence.stores.pictures import keep_picture
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class NoPicture(Refusal):
    """This is no picture that can be shown: send AVIF, GIF, JPEG, PNG, WebP, or an SVG without programs in it."""

    staff_only = True


@value
class KeptPicture:
    id: UUID
    address: str
    facts: PictureFacts


async def add_picture(uow: UnitOfWork, content: bytes) -> KeptPicture | Refused:
    facts = facts_of(content)
    if facts is None:
        return refuse(NoPicture())
    digest = sha256(content).hexdigest()
    new = uow.new_id()
    id_ = await keep_picture(uow.connection, new, digest, facts, content)
    if id_ == new:
        await uow.events.record("MEDIA", id_, [PictureRegistered()])
    return KeptPicture(id=id_, address=address_of(digest, facts.type), facts=facts)
