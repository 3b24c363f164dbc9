"""What staff write down of customers."""

from typing import Any, Self
from uuid import UUID

import strawberry

from commerce_api.domain import customer_details as domain
from commerce_api.domain.address_book import LARGEST
from commerce_api.domain.address_rules import parse_phone
from commerce_api.domain.channel import Channel
from commerce_api.domain.customer import Customer as CustomerValue
from commerce_api.domain.customer_details import (
    DuplicateSuspected,
    EmailTaken,
    LogonTaken,
    parse_answer,
    parse_logon,
)
from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.email import parse_email
from commerce_api.domain.ids import AddressId, CustomerId
from commerce_api.domain.intake import Intake
from commerce_api.domain.password import check_password
from commerce_api.domain.permissions import Permission
from commerce_api.operations.customer_challenge import GiveAnswer
from commerce_api.operations.customer_desk import (
    AccountGiven,
    AddressGiven,
    Challenge,
    ChangeCustomer,
    Details,
    NewCustomer,
)
from commerce_api.persistence.readers.customers import customers_of
from commerce_api.schema.address import AddressInput
from commerce_api.schema.context import Info
from commerce_api.schema.customer import Customer
from commerce_api.schema.customer_details import ContactKind
from commerce_api.schema.errors import (
    ErrorCode,
    UserError,
    acknowledged,
    errors_of,
    result_of,
    tells,
    warnings_of,
)
from commerce_api.schema.field_values import ABOUT_CUSTOMERS, FieldValueInput, parse_fields
from commerce_api.schema.node import key_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import CurrencyCode, LanguageCode

_KEY = "The same key with the same input answers again without acting again."
_REVISION = "Refuse if the customer is not at this revision."
_LOGON = "What the customer may sign in with instead of the mail address: 3 to 64 letters, digits, dots, dashes, underscores."
_ORDER_MAIL = "Whether mail is wanted that tells what becomes of orders."
_PHONE = "With + and the country's prefix, or as dialed in the channel's first country."


@tells(DuplicateSuspected)
@strawberry.type(
    description="Customers who may be the one who is to be written down.",
    directives=[requires(Permission.STAFF_DESK)],
)
class DuplicateSuspectedError(UserError):
    customer_ids: strawberry.Private[tuple[UUID, ...]]

    @strawberry.field(description="Up to five, masked.")
    async def customers(self, info: Info) -> list[Customer]:
        found = await info.context.load_many(customers_of, self.customer_ids)
        return [Customer.of(one) for one in found if one]


@tells(EmailTaken, LogonTaken)
@strawberry.type(
    description="Another customer has what was given, and no two can.", directives=[requires(Permission.STAFF_DESK)]
)
class CustomerExistsError(UserError):
    customer_id: strawberry.Private[UUID]

    @strawberry.field(description="Who has it, masked; null if you do not see customers of that channel.")
    async def customer(self, info: Info) -> Customer | None:
        found = await info.context.load(customers_of, self.customer_id)
        return Customer.of(found) if found else None


@strawberry.input(description="Another way to reach a customer.")
class ContactInput:
    kind: ContactKind = strawberry.field(description="Which way.")  # type: ignore[valid-type]  # made by a call
    value: str = strawberry.field(description="Number or mail address.")
    label: str | None = strawberry.field(default=None, description="What people call it, such as `office`.")

    def parse(self, intake: Intake, channel: Channel, *path: Any) -> domain.Contact:
        kind: domain.ContactKind = self.kind
        if kind is domain.ContactKind.EMAIL:
            said = parse_email(intake, self.value, *path, "value")
        else:
            text = intake.text(self.value, *path, "value", most=50, required=True)
            said = parse_phone(intake, text, channel.countries[0], *path, "value")
        label = intake.text(self.label, *path, "label", most=50)
        return domain.Contact(kind=kind, value=said, label=label)


@strawberry.input(description="What a caller is asked to be known by.")
class CustomerChallengeInput:
    question: str = strawberry.field(description="Read to the caller.")
    answer: str = strawberry.field(
        description="Kept as a hash and never shown. Capitals, accents and spaces do not count, and ue is ü."
    )

    def parse(self, intake: Intake) -> Challenge:
        question = intake.text(self.question, "challenge", "question", required=True)
        return Challenge(question=question, answer=parse_answer(intake, self.answer, "challenge", "answer"))


@strawberry.input(description="The company's account that a customer buys for.")
class CustomerAccountInput:
    number: str = strawberry.field(description="As the shop counts them; empty: none.")
    name: str | None = strawberry.field(default=None, description="Needed for an account that is not there yet.")

    def parse(self, intake: Intake) -> AccountGiven:
        number = intake.text(self.number, "account", "number", most=40)
        return AccountGiven(number=number, name=intake.text(self.name, "account", "name", most=100))


@strawberry.input(description="An entry of a customer's address book.")
class CustomerAddressInput:
    id: strawberry.ID | None = strawberry.field(default=None, description="Of the entry to change; null: a new one.")
    address: AddressInput = strawberry.field(description="The whole address.")
    default_shipping: bool = strawberry.field(default=False, description="Offer it first for shipping.")
    default_billing: bool = strawberry.field(default=False, description="Offer it first for the bill.")

    def parse(self, intake: Intake, *path: Any) -> AddressGiven:
        key = None if self.id is None else key_of(self.id, "adr")
        if self.id is not None and key is None:
            intake.add(NotFound(path=(*(str(step) for step in path), "id")))
        return AddressGiven(
            id=AddressId(key) if key else None,
            address=self.address.parse(intake, *path, "address"),
            default_shipping=self.default_shipping,
            default_billing=self.default_billing,
        )


def _details(intake: Intake, given: Any, channel: Channel) -> Details:
    """What both inputs have."""
    if given.language is not None and given.language not in channel.languages:
        intake.invalid("This channel does not speak this language.", "language")
    if given.currency is not None and given.currency not in channel.currencies:
        intake.invalid("This channel does not take this currency.", "currency")
    phone = None if given.phone is None else intake.text(given.phone, "phone", most=50)
    contacts, addresses = given.contacts, given.addresses
    if contacts is not None and len(contacts) > domain.MOST_CONTACTS:
        intake.invalid("At most {most}, please.", "contacts", most=domain.MOST_CONTACTS)
    if addresses is not None and len(addresses) > LARGEST:
        intake.invalid("At most {most}, please.", "addresses", most=LARGEST)
    return Details(
        email=None if given.email is None else parse_email(intake, given.email, "email"),
        logon=given.logon and parse_logon(intake, given.logon, "logon"),
        first_name=_name(intake, given.first_name, "firstName"),
        last_name=_name(intake, given.last_name, "lastName"),
        phone=phone and parse_phone(intake, phone, channel.countries[0], "phone"),
        language=given.language,
        currency=given.currency,
        order_mail=given.order_mail,
        addresses=None
        if addresses is None
        else tuple(one.parse(intake, "addresses", place) for place, one in enumerate(addresses)),
        contacts=None
        if contacts is None
        else tuple(one.parse(intake, channel, "contacts", place) for place, one in enumerate(contacts)),
        account=given.account and given.account.parse(intake),
        challenge=given.challenge and given.challenge.parse(intake),
        fields=parse_fields(intake, given.fields, "fields"),
    )


def _name(intake: Intake, text: str | None, path: str) -> str | None:
    return None if text is None else intake.text(text, path, most=100, required=True)


@strawberry.input(description="A customer whom staff write down, in the channel of the request.")
class CreateCustomerInput:
    email: str = strawberry.field(description="Mail address; identifies the customer.")
    first_name: str = strawberry.field(description="Given name.")
    last_name: str = strawberry.field(description="Family name.")
    logon: str | None = strawberry.field(default=None, description=_LOGON)
    password: str | None = strawberry.field(
        default=None, description="To be told to the customer, who has to change it at the first sign-in."
    )
    invite: bool = strawberry.field(
        default=False, description="Mail a link to choose a password with, in place of one; takes INVITE_CUSTOMERS."
    )
    phone: str | None = strawberry.field(default=None, description=_PHONE)
    language: LanguageCode | None = strawberry.field(default=None, description="For mail; one of the channel's.")
    currency: CurrencyCode | None = strawberry.field(default=None, description="Preferred; one of the channel's.")
    order_mail: bool | None = strawberry.field(default=None, description=_ORDER_MAIL + " It is unless said otherwise.")
    addresses: list[CustomerAddressInput] | None = strawberry.field(
        default=None, description="The address book, at most 100; the first is the default unless another says so."
    )
    contacts: list[ContactInput] | None = strawberry.field(
        default=None, description="Other ways to reach them, at most 20."
    )
    account: CustomerAccountInput | None = strawberry.field(default=None, description="The company they buy for.")
    challenge: CustomerChallengeInput | None = strawberry.field(default=None, description="To know callers by.")
    fields: list[FieldValueInput] | None = strawberry.field(default=None, description=ABOUT_CUSTOMERS)
    acknowledge: list[ErrorCode] = strawberry.field(
        default_factory=list, description="Warnings to overrule: DUPLICATE_SUSPECTED."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self, channel: Channel, language: str) -> NewCustomer | Refused:
        intake = Intake()
        details = _details(intake, self, channel)
        if self.password is not None:
            check_password(intake, self.password, details.email or "", "password")
        if self.password is not None and self.invite:
            intake.invalid("Either a password or an invitation.", "invite")
        command = NewCustomer(
            details=details,
            password=self.password,
            invite=self.invite,
            channel_id=channel.id,
            language=language,
            acknowledge=acknowledged(self.acknowledge),
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="What is to be written anew of a customer; what is left out stays as it is.")
class UpdateCustomerInput:
    id: strawberry.ID = strawberry.field(description="Of the customer.")
    email: str | None = strawberry.field(default=None, description="Only until the customer has confirmed it.")
    logon: str | None = strawberry.field(default=None, description=_LOGON + " Empty: none.")
    first_name: str | None = strawberry.field(default=None, description="Given name.")
    last_name: str | None = strawberry.field(default=None, description="Family name.")
    phone: str | None = strawberry.field(default=None, description=_PHONE + " Empty: none.")
    language: LanguageCode | None = strawberry.field(default=None, description="For mail; one of the channel's.")
    currency: CurrencyCode | None = strawberry.field(default=None, description="Preferred; one of the channel's.")
    order_mail: bool | None = strawberry.field(default=None, description=_ORDER_MAIL)
    addresses: list[CustomerAddressInput] | None = strawberry.field(
        default=None, description="The whole address book as it is to be: entries that are not named go."
    )
    contacts: list[ContactInput] | None = strawberry.field(
        default=None, description="All other ways to reach them, in place of the present ones; at most 20."
    )
    account: CustomerAccountInput | None = strawberry.field(default=None, description="The company they buy for.")
    challenge: CustomerChallengeInput | None = strawberry.field(
        default=None, description="To know callers by. While it is locked, this takes DISABLE_CUSTOMERS."
    )
    fields: list[FieldValueInput] | None = strawberry.field(default=None, description=ABOUT_CUSTOMERS)
    expected_revision: int | None = strawberry.field(default=None, description=_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self, channel: Channel) -> ChangeCustomer | Refused:
        intake, key = Intake(), key_of(self.id, "cus")
        details = _details(intake, self, channel)
        if key is None:
            intake.add(NotFound(path=("id",)))
        if key is None or intake.problems:
            return intake.refused()
        return ChangeCustomer(id=CustomerId(key), details=details, expected_revision=self.expected_revision)


@strawberry.type(description="The customer as written down, or what to acknowledge, or the errors that prevented it.")
class CreateCustomerPayload:
    customer: Customer | None = strawberry.field(description="As whoever wrote it down may see it.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")
    warnings: list[UserError] = strawberry.field(description="What to acknowledge before it happens.")

    @classmethod
    def of(cls, outcome: CustomerValue | Refused) -> Self:
        found = result_of(outcome)
        customer = Customer.of(found) if found else None
        return cls(customer=customer, errors=errors_of(outcome), warnings=warnings_of(outcome))


@strawberry.input(description="What a caller answered.")
class VerifyCustomerChallengeInput:
    id: strawberry.ID = strawberry.field(description="Of the customer whom the caller says to be.")
    answer: str = strawberry.field(description="As it was said.")

    def parse(self) -> GiveAnswer | Refused:
        intake, key = Intake(), key_of(self.id, "cus")
        answer = parse_answer(intake, self.answer, "answer")
        if key is None:
            intake.add(NotFound(path=("id",)))
        if key is None or intake.problems:
            return intake.refused()
        return GiveAnswer(id=CustomerId(key), answer=answer)
