"""A shopper's own account: what is sent to register, to prove who one is, and to change it."""

from typing import Any, Self

import strawberry

from commerce_api.domain import address_book
from commerce_api.domain.address_rules import parse_phone
from commerce_api.domain.channel import Channel
from commerce_api.domain.customer import Customer as CustomerValue
from commerce_api.domain.customer import UpdateProfile
from commerce_api.domain.customer_details import logon_of
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.email import normalized, parse_email
from commerce_api.domain.ids import AddressId
from commerce_api.domain.intake import Intake
from commerce_api.domain.password import check_password
from commerce_api.domain.terms import TermsNotAccepted, TermsVersionStale, check_terms
from commerce_api.operations.account_mail import AskForMail, Occasion
from commerce_api.operations.customer_passwords import ChangePassword, ChoosePassword, ResetPassword
from commerce_api.operations.profiles import AcceptTerms, NewAddress, SetConsent
from commerce_api.operations.registration import RegisterCustomer, VerifyEmail
from commerce_api.operations.sign_in import SignIn
from commerce_api.schema.address import AddressInput
from commerce_api.schema.customer import ConsentKind, Customer, CustomerAddress
from commerce_api.schema.errors import UserError, errors_of, result_of, tells
from commerce_api.schema.field_values import ABOUT_CUSTOMERS, FieldValueInput, parse_fields
from commerce_api.schema.node import key_of
from commerce_api.schema.scalars import CurrencyCode, LanguageCode

SOURCE = "account"
"""Where a consent came from that was not given while registering."""


@tells(TermsNotAccepted, TermsVersionStale)
@strawberry.type(description="The terms in force are others than those that were accepted, or none were.")
class TermsError(UserError):
    current_version: str = strawberry.field(description="Version to show, and to send when it is accepted.")


@strawberry.input(description="Who signs in.")
class SignInInput:
    email: str = strawberry.field(description="Mail address of the account, or its logon if it has one.")
    password: str = strawberry.field(description="Password of the account.")

    def parse(self) -> SignIn:
        """What can be neither is no account's, and is counted with all others of that kind."""
        return SignIn(name=normalized(self.email) or logon_of(self.email) or "", password=self.password)


@strawberry.input(description="A password of one's own in place of the one that staff gave.")
class ChoosePasswordInput:
    token: str = strawberry.field(description="From the sign-in.")
    new_password: str = strawberry.field(description="10 to 128 characters, and not what everybody takes.")

    def parse(self) -> ChoosePassword:
        return ChoosePassword(token=self.token, new_password=self.new_password)


@strawberry.input(description="A new account.")
class RegisterCustomerInput:
    email: str = strawberry.field(description="Mail address; a link to confirm it is sent there.")
    password: str = strawberry.field(description="10 to 128 characters, and not what everybody takes.")
    first_name: str = strawberry.field(description="Given name.")
    last_name: str = strawberry.field(description="Family name.")
    phone: str | None = strawberry.field(
        default=None, description="With + and the country's prefix, or as dialed in the address's country."
    )
    address: AddressInput | None = strawberry.field(
        default=None, description="First entry of the address book, the default for shipping and billing."
    )
    accepted_terms_version: str | None = strawberry.field(
        default=None, description="`Channel.termsVersion` that the customer agreed to."
    )
    marketing_consents: list[ConsentKind] = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default_factory=list, description="What the customer switched on; nothing is by itself."
    )
    fields: list[FieldValueInput] | None = strawberry.field(
        default=None,
        description="What else this shop asks, as far as the customer likes to say it: `customFields(owner: CUSTOMER)` that "
        "shoppers SET, each with why it is asked.",
    )

    def parse(self, channel: Channel, language: str) -> RegisterCustomer | Refused:
        intake = Intake()
        email = parse_email(intake, self.email, "email")
        check_password(intake, self.password, email, "password")
        country = self.address.country if self.address else channel.countries[0]
        command = RegisterCustomer(
            email=email,
            password=self.password,
            first_name=intake.text(self.first_name, "firstName", most=100, required=True),
            last_name=intake.text(self.last_name, "lastName", most=100, required=True),
            phone=parse_phone(intake, intake.text(self.phone, "phone", most=50), country, "phone"),
            address=self.address.parse(intake, "address") if self.address else None,
            language=language,
            channel_id=channel.id,
            terms_version=channel.terms_version,
            marketing=frozenset(self.marketing_consents) - {ConsentKind.TERMS},
            fields=parse_fields(intake, self.fields, "fields"),
        )
        if problem := check_terms(self.accepted_terms_version, channel.terms_version):
            intake.add(problem)
        return intake.refused() if intake.problems else command


@strawberry.input(description="An address that mail about an account is asked for.")
class AccountMailInput:
    email: str = strawberry.field(description="Mail address; the answer is the same whether or not it has an account.")

    def parse(self, occasion: Occasion, language: str) -> AskForMail:
        return AskForMail(email=normalized(self.email) or "", occasion=occasion, language=language)


@strawberry.input(description="Proof that an address is one's own.")
class VerifyEmailInput:
    token: str = strawberry.field(description="From the link in the mail.")
    password: str = strawberry.field(description="As it was chosen when registering.")

    def parse(self) -> VerifyEmail:
        return VerifyEmail(token=self.token, password=self.password)


@strawberry.input(description="A new password for a forgotten one.")
class ResetPasswordInput:
    token: str = strawberry.field(description="From the link in the mail.")
    new_password: str = strawberry.field(description="10 to 128 characters, and not what everybody takes.")

    def parse(self) -> ResetPassword:
        return ResetPassword(token=self.token, new_password=self.new_password)


@strawberry.input(description="A new password for the present one.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="The present one.")
    new_password: str = strawberry.field(description="10 to 128 characters, and not what everybody takes.")

    def parse(self) -> ChangePassword:
        return ChangePassword(current_password=self.current_password, new_password=self.new_password)


@strawberry.type(description="Whether it was accepted. What follows is told by mail only.")
class AccountMailPayload:
    accepted: bool = strawberry.field(
        description="If it was, a mail is on its way to the address, should it concern one."
    )
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Refused | None) -> Self:
        return cls(accepted=outcome is None, errors=errors_of(outcome))


@strawberry.input(description="Fields to change; those left out stay as they are.")
class UpdateProfileInput:
    first_name: str | None = strawberry.field(default=None, description="Given name.")
    last_name: str | None = strawberry.field(default=None, description="Family name.")
    phone: str | None = strawberry.field(default=None, description="With + and the country's prefix; empty removes it.")
    language: LanguageCode | None = strawberry.field(
        default=None, description="Language for mail; one of the channel's."
    )
    currency: CurrencyCode | None = strawberry.field(
        default=None, description="Preferred currency; one of the channel's."
    )
    order_mail: bool | None = strawberry.field(
        default=None, description="Whether mail is wanted that tells what becomes of orders."
    )
    fields: list[FieldValueInput] | None = strawberry.field(default=None, description=ABOUT_CUSTOMERS)
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse if the customer is not at this revision."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self, channel: Channel) -> UpdateProfile | Refused:
        intake = Intake()
        phone = None if self.phone is None else intake.text(self.phone, "phone", most=50)
        if self.language is not None and self.language not in channel.languages:
            intake.invalid("This channel does not speak this language.", "language")
        if self.currency is not None and self.currency not in channel.currencies:
            intake.invalid("This channel does not take this currency.", "currency")
        command = UpdateProfile(
            first_name=_name(intake, self.first_name, "firstName"),
            last_name=_name(intake, self.last_name, "lastName"),
            phone=phone and parse_phone(intake, phone, channel.countries[0], "phone"),
            language=self.language,
            currency=self.currency,
            order_mail=self.order_mail,
            fields=parse_fields(intake, self.fields, "fields"),
            expected_revision=self.expected_revision,
        )
        return intake.refused() if intake.problems else command


def _name(intake: Intake, text: str | None, path: str) -> str | None:
    return None if text is None else intake.text(text, path, most=100, required=True)


@strawberry.type(description="The customer as changed, or the errors that prevented it.")
class CustomerPayload:
    customer: Customer | None = strawberry.field(description="As it is now.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: CustomerValue | Refused) -> Self:
        found = result_of(outcome)
        return cls(customer=Customer.of(found) if found else None, errors=errors_of(outcome))


@strawberry.input(description="A new entry of the address book.")
class CreateAddressInput:
    address: AddressInput = strawberry.field(description="The address.")
    default_shipping: bool = strawberry.field(default=False, description="Offer it first for shipping.")
    default_billing: bool = strawberry.field(default=False, description="Offer it first for the bill.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self) -> NewAddress | Refused:
        intake = Intake()
        command = NewAddress(
            address=self.address.parse(intake, "address"),
            default_shipping=self.default_shipping,
            default_billing=self.default_billing,
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="An entry of the address book, written anew.")
class UpdateAddressInput:
    id: strawberry.ID = strawberry.field(description="Of the entry.")
    address: AddressInput = strawberry.field(description="The whole address as it is to be.")
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse if the entry is not at this revision."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self) -> address_book.ChangeAddress | Refused:
        intake = Intake()
        address, key = self.address.parse(intake, "address"), key_of(self.id, "adr")
        if intake.problems:
            return intake.refused()
        if key is None:
            return _no_address()
        return address_book.ChangeAddress(id=AddressId(key), address=address, expected_revision=self.expected_revision)


@strawberry.input(description="An entry of the address book to remove.")
class DeleteAddressInput:
    id: strawberry.ID = strawberry.field(description="Of the entry.")
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse if the entry is not at this revision."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self) -> address_book.RemoveAddress | Refused:
        key = key_of(self.id, "adr")
        if key is None:
            return _no_address()
        return address_book.RemoveAddress(id=AddressId(key), expected_revision=self.expected_revision)


@strawberry.input(description="An entry of the address book to offer first.")
class SetDefaultAddressInput:
    id: strawberry.ID = strawberry.field(description="Of the entry.")
    shipping: bool = strawberry.field(default=False, description="For shipping.")
    billing: bool = strawberry.field(default=False, description="For the bill.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self) -> address_book.SetDefaultAddress | Refused:
        key = key_of(self.id, "adr")
        if key is None:
            return _no_address()
        return address_book.SetDefaultAddress(id=AddressId(key), shipping=self.shipping, billing=self.billing)


def _no_address() -> Refused:
    return refuse(NotFound(path=("id",)))


@strawberry.type(description="The entry of the address book, or the errors that prevented it.")
class AddressPayload:
    address: CustomerAddress | None = strawberry.field(
        description="As it is now; of a deletion, as it was, or null when that is answered again."
    )
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any) -> Self:
        found = result_of(outcome)
        return cls(address=CustomerAddress.of(found) if found else None, errors=errors_of(outcome))


@strawberry.input(description="A decision about one kind of consent.")
class SetConsentInput:
    kind: ConsentKind = strawberry.field(description="What it is about; not TERMS.")  # type: ignore[valid-type]  # made by a call
    granted: bool = strawberry.field(description="Agreed, or not any more.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self) -> SetConsent:
        return SetConsent(kind=self.kind, granted=self.granted, source=SOURCE)


@strawberry.input(description="The terms that the customer has read.")
class AcceptTermsInput:
    version: str = strawberry.field(description="`Channel.termsVersion` as it was shown.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self, channel: Channel) -> AcceptTerms:
        return AcceptTerms(version=self.version, in_force=channel.terms_version, source=SOURCE)
