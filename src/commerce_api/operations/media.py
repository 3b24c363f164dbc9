"""Pictures that are elsewhere."""

from typing import Any

from commerce_api.domain.decision import Refused
from commerce_api.domain.picture import PictureRegistered
from commerce_api.domain.value import value
from commerce_api.persistence.stores.media import register
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class RegisterMedia:
    url: str
    width: int | None = None
    height: int | None = None


async def register_media(uow: UnitOfWork, command: RegisterMedia) -> Any | Refused:
    """The picture at an address; the same address is the same picture, so it can be repeated."""
    row = await register(uow, url=command.url, width=command.width, height=command.height)
    await uow.events.record("MEDIA", row["id"], [PictureRegistered()])
    return row
