"""Reasons for blocks, as staff set them up."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import strawberry

from commerce_api.domain import blocks as domain
from commerce_api.domain import setting
from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.ids import BlockReasonId
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.blocks import reason_rows
from commerce_api.persistence.sql import Row
from commerce_api.schema.block import BlockStop
from commerce_api.schema.channel import channel_keys
from commerce_api.schema.context import Info
from commerce_api.schema.language_texts import LanguageText, LanguageTextInput, by_language, texts_of
from commerce_api.schema.node import Node, global_id, key_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.setting_inputs import SettingInput
from commerce_api.schema.setting_payloads import SettingPayload

_STAFF: Any = [requires(Permission.STAFF_DESK)]
BlockReasonKind = strawberry.enum(
    domain.ReasonKind, name="BlockReasonKind", description="Who blocks for a reason: rules, people, or both."
)
BlockScope = strawberry.enum(domain.BlockScope, name="BlockScope", description="What is blocked for a reason.")
_SAID = {
    "code": "Stable name. Rules look for theirs by it.",
    "kind": "Who blocks for it.",
    "category": "Groups reasons, such as `FRAUD`.",
    "stops": "What blocks of it stand in the way of. Blocks keep what they stopped when they were placed.",
    "scope": "What is blocked for it.",
    "auto": "Whether its blocks are resolved by themselves when what caused them is gone.",
    "roles": "Codes of roles whose holders may resolve its blocks.",
    "only": "Whether others who may resolve blocks may not resolve these.",
    "eyes": "Whether nobody resolves what they have placed or caused themselves.",
    "comment": "Whether people who block for it have to comment.",
    "names": "What staff call it, by language.",
    "shown": "What customers read while it holds their order up: neutral, never the reason.",
    "hours": "Hours after which a block should have been resolved; null: whenever.",
    "channels": "Where it is in force; null: everywhere.",
}


@strawberry.type(description="A reason for which orders are held up.", directives=_STAFF)
class BlockReason(Node):
    prefix: ClassVar[str] = "brn"

    code: str = strawberry.field(description=_SAID["code"])
    kind: BlockReasonKind = strawberry.field(description=_SAID["kind"])  # type: ignore[valid-type]  # made by a call
    category: str = strawberry.field(description=_SAID["category"])
    stops: list[BlockStop] = strawberry.field(description=_SAID["stops"])  # type: ignore[valid-type]  # made by a call
    scope: BlockScope = strawberry.field(description=_SAID["scope"])  # type: ignore[valid-type]  # made by a call
    auto_resolve: bool = strawberry.field(description=_SAID["auto"])
    resolver_roles: list[str] = strawberry.field(description=_SAID["roles"])
    only_resolver_roles: bool = strawberry.field(description=_SAID["only"])
    four_eyes: bool = strawberry.field(description=_SAID["eyes"])
    comment_required: bool = strawberry.field(description=_SAID["comment"])
    names: list[LanguageText] = strawberry.field(description=_SAID["names"])
    shopper_texts: list[LanguageText] = strawberry.field(description=_SAID["shown"])
    sla_hours: int | None = strawberry.field(description=_SAID["hours"])
    channel_ids: list[strawberry.ID] | None = strawberry.field(description=_SAID["channels"])
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")

    @classmethod
    def of(cls, row: Row) -> Self:
        channels = row["channel_ids"]
        return cls(
            key=row["id"],
            kind=domain.ReasonKind(row["kind"]),
            stops=[domain.Stop(stop) for stop in row["stops"]],
            scope=domain.BlockScope(row["scope"]),
            names=texts_of(row["names"]),
            shopper_texts=texts_of(row["shopper_texts"]),
            channel_ids=None if channels is None else [strawberry.ID(global_id("chn", id_)) for id_ in channels],
            **{name: row[name] for name in _PLAIN},
        )


_PLAIN = (
    *("code", "category", "auto_resolve", "resolver_roles", "only_resolver_roles", "four_eyes", "comment_required"),
    *("sla_hours", "revision"),
)


@strawberry.input(description="A reason for which orders are held up.")
class SaveBlockReasonInput(SettingInput):
    code: str = strawberry.field(description=_SAID["code"])
    kind: BlockReasonKind = strawberry.field(default=domain.ReasonKind.MANUAL, description=_SAID["kind"])  # type: ignore[valid-type]  # made by a call
    category: str = strawberry.field(description=_SAID["category"])
    stops: list[BlockStop] = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default_factory=lambda: sorted(domain.USUAL_STOPS), description=_SAID["stops"]
    )
    scope: BlockScope = strawberry.field(default=domain.BlockScope.ORDER, description=_SAID["scope"])  # type: ignore[valid-type]  # made by a call
    auto_resolve: bool = strawberry.field(default=False, description=_SAID["auto"])
    resolver_roles: list[str] = strawberry.field(default_factory=list, description=_SAID["roles"])
    only_resolver_roles: bool = strawberry.field(default=False, description=_SAID["only"])
    four_eyes: bool = strawberry.field(default=False, description=_SAID["eyes"])
    comment_required: bool = strawberry.field(default=False, description=_SAID["comment"])
    names: list[LanguageTextInput] = strawberry.field(description=_SAID["names"])
    shopper_texts: list[LanguageTextInput] = strawberry.field(description=_SAID["shown"])
    sla_hours: int | None = strawberry.field(default=None, description=_SAID["hours"])
    channel_ids: list[strawberry.ID] | None = strawberry.field(default=None, description=_SAID["channels"])

    def parse(self) -> setting.SaveBlockReason | Refused:
        intake = Intake()
        key = key_of(self.id, "brn") if self.id else None
        if self.id is not None and key is None:
            intake.add(NotFound(path=("id",)))
        if self.sla_hours is not None and not 1 <= self.sla_hours <= 24 * 365:
            intake.invalid("Between 1 and 8760, please.", "slaHours")
        offered = self.channel_ids
        command = setting.SaveBlockReason(
            id=BlockReasonId(key) if key else None,
            code=intake.text(self.code, "code", most=50, required=True),
            category=intake.text(self.category, "category", most=50, required=True),
            stops=tuple(sorted(set(self.stops))),
            resolver_roles=_roles(intake, self.resolver_roles),
            names=by_language(intake, self.names, "names"),
            shopper_texts=by_language(intake, self.shopper_texts, "shopperTexts"),
            channel_ids=None if offered is None else channel_keys(intake, offered, "channelIds"),
            **{name: getattr(self, name) for name in _AS_GIVEN},
        )
        return intake.refused() if intake.problems else command


_AS_GIVEN = (
    *("expected_revision", "kind", "scope", "auto_resolve", "only_resolver_roles", "four_eyes", "comment_required"),
    "sla_hours",
)


def _roles(intake: Intake, codes: Sequence[str]) -> tuple[str, ...]:
    read = (intake.text(code, "resolverRoles", n, most=50, required=True) for n, code in enumerate(codes[:100]))
    return tuple(sorted(set(read)))


@strawberry.type(description="The reason as it is now, or the errors that prevented it.")
class SaveBlockReasonPayload(SettingPayload):
    @strawberry.field(description="Null if nothing happened.")
    async def block_reason(self, info: Info) -> BlockReason | None:
        row = await self._row(info, reason_rows)
        return BlockReason.of(row) if row else None
