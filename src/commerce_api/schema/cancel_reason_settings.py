"""Reasons for canceling as staff set them up."""

from typing import Any, ClassVar, Self

import strawberry

from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.ids import CancelReasonId
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.domain.setting import SaveCancelReason
from commerce_api.persistence.readers.settings import cancel_reasons_by_id
from commerce_api.schema.context import Info
from commerce_api.schema.language_texts import LanguageText, LanguageTextInput, by_language, texts_of
from commerce_api.schema.node import Node, key_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.setting_inputs import SettingInput
from commerce_api.schema.setting_payloads import SettingPayload

_SAID = {
    "code": "Stable name. It stays as it is once an order was canceled for it.",
    "names": "What people call it, by language.",
    "staff": "Whether staff can choose it.",
    "shoppers": "Whether customers can choose it.",
    "position": "Lower ones are shown first.",
}
_PLAIN = ("code", "for_staff", "for_shoppers", "position", "revision")


@strawberry.type(
    description="Why orders are canceled, with all its names.", directives=[requires(Permission.STAFF_DESK)]
)
class CancelReasonSetting(Node):
    prefix: ClassVar[str] = "crn"

    code: str = strawberry.field(description=_SAID["code"])
    names: list[LanguageText] = strawberry.field(description=_SAID["names"])
    for_staff: bool = strawberry.field(description=_SAID["staff"])
    for_shoppers: bool = strawberry.field(description=_SAID["shoppers"])
    position: int = strawberry.field(description=_SAID["position"])
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")

    @classmethod
    def of(cls, row: Any) -> Self:
        return cls(key=row["id"], names=texts_of(row["names"]), **{name: row[name] for name in _PLAIN})


@strawberry.input(description="Why orders are canceled.")
class SaveCancelReasonInput(SettingInput):
    code: str = strawberry.field(description=_SAID["code"])
    names: list[LanguageTextInput] = strawberry.field(description=_SAID["names"])
    for_staff: bool = strawberry.field(default=True, description=_SAID["staff"])
    for_shoppers: bool = strawberry.field(default=False, description=_SAID["shoppers"])
    position: int = strawberry.field(default=0, description=_SAID["position"])

    def parse(self) -> SaveCancelReason | Refused:
        intake = Intake()
        key = key_of(self.id, "crn") if self.id else None
        if self.id is not None and key is None:
            intake.add(NotFound(path=("id",)))
        command = SaveCancelReason(
            id=CancelReasonId(key) if key else None,
            expected_revision=self.expected_revision,
            code=intake.text(self.code, "code", most=50, required=True),
            names=by_language(intake, self.names, "names", most=100),
            for_staff=self.for_staff,
            for_shoppers=self.for_shoppers,
            position=self.position,
        )
        return intake.refused() if intake.problems else command


@strawberry.type(description="The reason as it is now, or the errors that prevented it.")
class SaveCancelReasonPayload(SettingPayload):
    @strawberry.field(description="Null if nothing happened.")
    async def cancel_reason(self, info: Info) -> CancelReasonSetting | None:
        row = await self._row(info, cancel_reasons_by_id)
        return CancelReasonSetting.of(row) if row else None
