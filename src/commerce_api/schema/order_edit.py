"""Edits of placed orders, as staff see them, and customers their own."""

from datetime import datetime
from typing import Any, ClassVar, Self

import strawberry

from commerce_api.domain import order as domain
from commerce_api.domain.agreement import PricePolicy
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import OrderEditId, OrderId
from commerce_api.domain.intake import Intake
from commerce_api.domain.payment import PaymentUse
from commerce_api.domain.permissions import Permission
from commerce_api.operations.edit_commit import CommitEdit
from commerce_api.operations.edit_preview import Preview, previews
from commerce_api.operations.order_edits import ApplyToEdit, BeginEdit, ChangeEdit
from commerce_api.persistence.readers.order_edits import ReadEdit
from commerce_api.persistence.readers.orders import ledgers_of, orders_by_id
from commerce_api.schema.block import BlockToRaise
from commerce_api.schema.context import Context, Info
from commerce_api.schema.enums import not_for_all
from commerce_api.schema.errors import ErrorCode, UserError, acknowledged, errors_of, tells, warnings_of
from commerce_api.schema.node import Node, global_id, key_of
from commerce_api.schema.notify import NotifyInput, parse_notify
from commerce_api.schema.order import Order
from commerce_api.schema.order_differences import OrderDifference, between
from commerce_api.schema.ordering import OrderingActionInput, parse_actions
from commerce_api.schema.payment import PaymentInstructionInput, parse_instructions
from commerce_api.schema.permissions import requires
from commerce_api.schema.readiness import MissingRequirement
from commerce_api.schema.scalars import Money

_DESK: Any = [requires(Permission.EDIT_ORDERS)]
_STAFF: Any = [requires(Permission.READ_ORDERS)]
strawberry.enum(PricePolicy, description="Which lines of what is edited keep the price that was agreed on.")
strawberry.enum(domain.EditState, name="OrderEditState", description="What became of an edit.")
strawberry.enum(domain.SettlementKind, description="What a change does to the money.")
strawberry.enum(domain.EditSettle, name="OrderEditSettle", description="What is done about what a change costs more.")
not_for_all(domain.EditSettle, Permission.EDIT_ORDERS, "SEND_PAYMENT_LINK", "LEAVE_DUE")


@strawberry.type(description="What a change does to the money, read off the ledger as it is now.")
class Settlement:
    kind: domain.SettlementKind = strawberry.field(description="What is to be done.")
    amount: Money = strawberry.field(description="How much.")
    released: Money = strawberry.field(
        description="Set aside and let go at once by the commit: payments that the order can do without, whole. What is set "
        "aside beyond them stays so, and is not taken."
    )


@strawberry.type(description="An order as an edit would leave it, by what holds at this moment.")
class OrderEditPreview:
    preview: strawberry.Private[Preview]
    order: Order = strawberry.field(description="The whole order as the next version would have it.")
    total_before: Money = strawberry.field(description="What the order costs now.")
    total_after: Money = strawberry.field(description="What it would cost.")
    settlement: Settlement = strawberry.field(description="What would be left to pay, or to give back.")
    missing: list[MissingRequirement] = strawberry.field(
        description="What is still missing; empty: it can be committed."
    )
    blocks_to_raise: list[BlockToRaise] = strawberry.field(
        description="What would hold the order up once committed.", directives=_STAFF
    )
    blocks_to_clear: list[strawberry.ID] = strawberry.field(
        description="Ids of the blocks that would be resolved by it, because their cause is gone.", directives=_STAFF
    )

    @strawberry.field(description="What would be different from the order as it is.")
    async def changes(self, info: Info) -> list[OrderDifference]:
        order = self.preview.before.order
        info.context.note_read(order["id"], order["channel_id"])
        return await between(info.context, self.preview.before, self.preview.after)

    @classmethod
    def of(cls, preview: Preview) -> Self:
        before, after = preview.before.order, preview.after.order
        currency = after["currency"]
        due = preview.settlement
        return cls(
            preview=preview,
            order=Order.of_past(preview.after),
            total_before=Money.of(before["total"], currency),
            total_after=Money.of(after["total"], currency),
            settlement=Settlement(
                kind=due.kind, amount=Money.of(due.amount, currency), released=Money.of(due.released, currency)
            ),
            missing=[MissingRequirement.of(lacking) for lacking in preview.missing],
            blocks_to_raise=[BlockToRaise.of(block) for block in preview.raised],
            blocks_to_clear=[strawberry.ID(global_id("blk", block.id)) for block in preview.cleared],
        )


@strawberry.type(description="What a bank was asked for an edit, before it is committed.")
class OrderEditCharge:
    read: strawberry.Private[ReadEdit]
    amount: Money = strawberry.field(description="How much.")
    failed_with: ErrorCode | None = strawberry.field(
        description="Why nothing came of it: the edit is open again, and nothing is held. Null while it waits, and once it is "
        "committed."
    )

    @strawberry.field(description="Where the customer has to confirm it, if so.")
    async def action_url(self, info: Info) -> str | None:
        ledger = await info.context.load(ledgers_of, self.read.row["order_id"]) or ()
        asked = [each.authorization for each in ledger if each.use is PaymentUse.EDIT]
        return next((entry.action_url for entry in asked if entry and entry.action_url), None)

    @classmethod
    def of(cls, read: ReadEdit) -> Self | None:
        charge = read.edit.charge
        if charge is None:
            return None
        failed = ErrorCode[charge.failure] if charge.failure else None
        return cls(read=read, amount=Money.of(charge.amount, read.row["currency"]), failed_with=failed)


@strawberry.type(description="Somebody's work on a placed order. The order stays as it is until the edit is committed.")
class OrderEdit(Node):
    prefix: ClassVar[str] = "oed"

    read: strawberry.Private[ReadEdit]
    state: domain.EditState = strawberry.field(description="What became of it.")
    owner_name: str = strawberry.field(description="Who is working on it.", directives=_STAFF)
    by_customer: bool = strawberry.field(description="Whether that is its customer.", directives=_STAFF)
    mine: bool = strawberry.field(description="Whether that is you.")
    taken_over: bool = strawberry.field(
        description="Whether somebody else goes on with it, or has closed it, than who had begun it."
    )
    since: datetime = strawberry.field(description="Since when.")
    expires_at: datetime = strawberry.field(description="Until when, unless it is touched before.")
    base_version: int = strawberry.field(description="The version of the order that it changes.")
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")
    price_policy: PricePolicy = strawberry.field(
        description="Which lines keep the price that was agreed on.", directives=_STAFF
    )
    recalculate_shipping: bool = strawberry.field(
        description="Whether shipping costs what it costs today, as it does where customers edit.", directives=_STAFF
    )

    charge: OrderEditCharge | None = strawberry.field(
        description="What a bank was last asked for it; null if none was."
    )

    @strawberry.field(description="What is being edited, as it is.")
    async def order(self, info: Info) -> Order | None:
        row = await info.context.load(orders_by_id, self.read.row["order_id"])
        return Order.of(row) if row else None

    @strawberry.field(
        description="What would become of the order if it was committed now; null once it is over, and for customers while "
        "staff go on with what they had begun."
    )
    async def preview(self, info: Info) -> OrderEditPreview | None:
        shown = self.mine or info.context.actor.at_desk
        if not shown or self.state not in {domain.EditState.OPEN, domain.EditState.EXPIRED}:
            return None
        found = await info.context.load(previews, self.key)
        return OrderEditPreview.of(found) if found else None

    @classmethod
    def of(cls, read: ReadEdit, context: Context) -> Self:
        edit, agreement = read.edit, read.row["agreement"]
        return cls(
            key=edit.id,
            read=read,
            state=edit.state_at(context.scope.at),
            owner_name=read.row["owner_name"],
            by_customer=read.row["by_customer"],
            mine=edit.owner == context.actor.id,
            taken_over=edit.taken_over,
            since=edit.since,
            expires_at=edit.expires_at,
            base_version=edit.base_version,
            revision=read.row["draft_revision"],
            charge=OrderEditCharge.of(read),
            price_policy=PricePolicy(agreement["price_policy"]),
            recalculate_shipping=agreement["recalculate_shipping"],
        )


@strawberry.type(description="The edit as it is now, or the errors that prevented the change.")
class OrderEditPayload:
    edit: OrderEdit | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")
    warnings: list[UserError] = strawberry.field(description="What to know about what happened.")

    @classmethod
    def of(cls, outcome: Any, edit: OrderEdit | None) -> Self:
        return cls(edit=edit, errors=errors_of(outcome), warnings=warnings_of(outcome))


@tells(domain.EditLocked)
@strawberry.type(description="Somebody else is working on the order.")
class EditLockedError(UserError):
    owner: str = strawberry.field(description="Who.", directives=_STAFF)
    since: datetime = strawberry.field(description="Since when.")
    taken_over: bool = strawberry.field(description="Whether they go on with what you had begun.")


@tells(domain.EditClosed)
@strawberry.type(description="There is nothing more to be done to an edit.")
class EditClosedError(UserError):
    state: domain.EditState = strawberry.field(description="What became of it.")


@strawberry.input(description="Which order to edit.")
class BeginOrderEditInput:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    expected_revision: int | None = strawberry.field(
        default=None,
        description="The revision of the order that you have seen; if it is at another one, nothing happens.",
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; with it the request can be repeated safely."
    )

    def parse(self) -> BeginEdit:
        key = key_of(self.order_id, "ord")
        return BeginEdit(order_id=OrderId(key) if key else None, expected_revision=self.expected_revision)


@strawberry.input(description="Which edit.")
class OrderEditInput:
    edit_id: strawberry.ID = strawberry.field(description="The edit.")
    expected_revision: int | None = strawberry.field(
        default=None,
        description="The revision of the edit that you have seen; if it is at another one, nothing happens.",
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; with it the request can be repeated safely."
    )

    @property
    def which(self) -> dict[str, Any]:
        key = key_of(self.edit_id, "oed")
        return {"edit_id": OrderEditId(key) if key else None, "expected_revision": self.expected_revision}

    def change(self) -> ChangeEdit:
        return ChangeEdit(**self.which)


@strawberry.input(description="What to do to the order that is edited: all of it, or nothing.")
class ApplyToOrderEditInput(OrderEditInput):
    actions: list[OrderingActionInput] = strawberry.field(
        default_factory=list,
        description="At most 100, done in this order. Lines and ship groups are named by the ids that they have in the order.",
    )
    acknowledge: list[ErrorCode] = strawberry.field(
        default_factory=list,
        description="Codes of warnings that were seen: do it nevertheless. The log keeps who did.",
        directives=_DESK,
    )
    price_policy: PricePolicy | None = strawberry.field(
        default=None,
        description="Which lines keep their price from now on; as it is, if left out. It begins with `KEEP`.",
        directives=_DESK,
    )
    recalculate_shipping: bool | None = strawberry.field(
        default=None,
        description="Whether shipping costs what it costs today; as it is, if left out. It begins with no, and with yes where "
        "customers edit.",
        directives=_DESK,
    )

    def parse(self) -> ApplyToEdit | Refused:
        intake = Intake()
        actions = parse_actions(intake, self.actions, "actions", least=0)
        command = ApplyToEdit(
            **self.which,
            actions=actions,
            acknowledge=acknowledged(self.acknowledge),
            price_policy=self.price_policy,
            recalculate_shipping=self.recalculate_shipping,
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="Make the edit the next version of its order.")
class CommitOrderEditInput(OrderEditInput):
    reason: str = strawberry.field(default="", description="Why, in a few words; kept with the version.")
    settle: domain.EditSettle | None = strawberry.field(
        default=None,
        description="What is done about what is due then. It must be said where a change leaves a confirmed order unpaid.",
    )
    instructions: list[PaymentInstructionInput] | None = strawberry.field(
        default=None,
        description="How to pay what is charged: 1 to 10, of which one may leave its amount out. With what pays the order "
        "already, if left out. Only with `CHARGE`.",
    )
    notify: NotifyInput | None = strawberry.field(
        default=None,
        description="Whether, this once, the mail about it goes otherwise than the customer prefers; takes OVERRIDE_NOTIFICATIONS.",
        directives=[requires(Permission.OVERRIDE_NOTIFICATIONS)],
    )

    def parse(self, *, inline: bool) -> CommitEdit | Refused:
        intake = Intake()
        charges = self.settle is domain.EditSettle.CHARGE
        if self.instructions is not None and not charges:
            intake.invalid("Only with `CHARGE`.", "instructions")
        if charges:
            intake.text(self.idempotency_key, "idempotencyKey", most=200, required=True)
        command = CommitEdit(
            **self.which,
            reason=intake.text(self.reason, "reason", most=200),
            settle=self.settle,
            chosen=parse_instructions(intake, self.instructions) if self.instructions is not None else None,
            notify=parse_notify(intake, self.notify, "notify"),
            inline=inline,
        )
        return intake.refused() if intake.problems else command
