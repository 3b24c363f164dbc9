"""What staff send to set up reasons for changing money."""

import strawberry

from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.ids import OverrideReasonId
from commerce_api.domain.intake import Intake
from commerce_api.domain.setting import SaveOverrideReason
from commerce_api.schema.adjustment import AdjustmentKind
from commerce_api.schema.language_texts import LanguageTextInput, by_language
from commerce_api.schema.node import key_of
from commerce_api.schema.setting_inputs import SettingInput


@strawberry.input(description="Why staff may change something about the money.")
class SaveOverrideReasonInput(SettingInput):
    code: str = strawberry.field(description="Stable name.")
    names: list[LanguageTextInput] = strawberry.field(
        description="1 to 50, each language once; customers read them on deductions."
    )
    kinds: list[AdjustmentKind] = strawberry.field(description="What it fits, at least one.")  # type: ignore[valid-type]  # made by a call
    note_required: bool = strawberry.field(default=False, description="Whether it takes a note.")

    def parse(self) -> SaveOverrideReason | Refused:
        intake = Intake()
        key = key_of(self.id, "ovr") if self.id else None
        if self.id is not None and key is None:
            intake.add(NotFound(path=("id",)))
        command = SaveOverrideReason(
            id=OverrideReasonId(key) if key else None,
            expected_revision=self.expected_revision,
            code=intake.text(self.code, "code", most=50, required=True),
            names=by_language(intake, self.names, "names", most=100),
            kinds=tuple(sorted(set(self.kinds))),
            note_required=self.note_required,
        )
        if not self.kinds:
            intake.invalid("This is required.", "kinds")
        return intake.refused() if intake.problems else command
