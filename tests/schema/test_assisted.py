"""What staff may do in a customer's name is decided for all of the shop's contract (D26)."""

import pytest

from commerce_api.contract import permissions_of
from commerce_api.graphql import SHOP
from commerce_api.web.assisted import MUTATIONS, allowed
from tests.api.running import HANDED_OUT

NOT_IN_ANOTHERS_NAME = {
    "acceptQuote": "takes a word on how the buyer agreed, which staff give on their own address",
    "acceptTerms": "binds the customer to a text",
    "addOrderComment": "is the customer's own word; staff comment under their own name",
    "answerSecondFactor": "proves who somebody is",
    **dict.fromkeys(
        ("beginOrderEdit", "applyToOrderEdit", "commitOrderEdit", "discardOrderEdit"),
        "is done at the desk, with a permission of its own",
    ),
    "choosePassword": "proves who somebody is",
    "cancelOrder": "is done at the desk, with a permission of its own",
    "changePassword": "shuts the customer out",
    "confirmSecondFactor": "shuts the customer out",
    "deletePaymentMethod": "takes away what the customer keeps",
    "claimOrder": "is proven with a code that was mailed to the customer",
    "openSharedCart": "is opened with a secret that was handed to the customer",
    "refreshSession": "hands out a session of the customer",
    "registerCustomer": "chooses a password",
    "reviseOrderComment": "is the customer's own word",
    "renewRecoveryCodes": "hands out secrets",
    "requestPasswordReset": "is the first step to another password",
    "resendVerification": "is about the customer's mail address",
    "resetPassword": "shuts the customer out",
    "sendOrderAccessCode": "sends a secret",
    "setAssistance": "would let staff give themselves leave",
    "setConsent": "speaks for the customer",
    "setOrderAttributes": "is done at the desk, with a permission of its own",
    "setShippingPolicy": "is done at the desk, with a permission of its own",
    "setDefaultPaymentMethod": "changes what is charged the next time",
    "signIn": "proves who somebody is",
    "signOut": "ends sessions of the customer",
    "signOutEverywhere": "ends sessions of the customer",
    "startSecondFactor": "hands out a secret",
    "turnOffSecondFactor": "makes the account easier to take",
    "verifyEmail": "is about the customer's mail address",
}
"""Mutations of the shop that staff cannot use in an assisted session, and why."""

UNREAD = dict.fromkeys(("orderByCode", "quoteByToken"), "is opened with a secret that was mailed to the customer")

OF_THE_CART = {
    *("CloneOrderPayload.token", "CreateCartPayload.token", "ShareCartPayload.token"),
    "SplitCartBackordersPayload.token",
}
"""Secrets that can be read in an assisted session: the proof that a guest's cart, made in it, is theirs, and links that hand
a cart over.
"""


def test_each_mutation_of_the_shop_is_either_for_staff_too_or_for_the_customer_alone():
    """Whoever adds one decides in `web.assisted` whether it may be used in somebody's name, and says here if not."""
    assert set(SHOP.mutation_type.fields) - MUTATIONS == set(NOT_IN_ANOTHERS_NAME)
    assert set(SHOP.mutation_type.fields) >= MUTATIONS
    assert not any(allowed(f"Mutation.{name}") for name in NOT_IN_ANOTHERS_NAME)


def test_all_else_can_be_read():
    assert {name for name in SHOP.query_type.fields if not allowed(f"Query.{name}")} == set(UNREAD)


@pytest.mark.parametrize("root", [SHOP.query_type, SHOP.mutation_type])
def test_each_root_field_needs_a_permission_so_that_none_is_overlooked(root):
    """The list is held against the places at which a document needs permissions."""
    assert [name for name, field in root.fields.items() if not permissions_of(field)] == []


def test_no_secret_can_be_read_by_another_way():
    handed_out = {
        f"{type_.name}.{name}"
        for type_ in SHOP.type_map.values()
        for name in getattr(type_, "fields", {})
        if name in HANDED_OUT and not type_.name.endswith("Input")
    }
    personal = {
        payload
        for payload in handed_out
        if payload.partition(".")[0] in {"Session", "Challenge", "SecondFactorChallenge", "PasswordToChoose"}
        or payload.startswith(("StartSecondFactor", "ConfirmSecondFactor", "RecoveryCodes"))
    }
    assert handed_out - personal == OF_THE_CART
