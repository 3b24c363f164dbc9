"""What staff can do in an assisted session: what the customer could, but for what is the customer's alone (D26).

Whoever adds a mutation to the shop decides here whether staff may use it in a customer's name; until then they may not.
"""

from typing import Final

MUTATIONS: Final = frozenset(
    {
        *(
            "acknowledgeCartChanges",
            "activateCart",
            "addCartLines",
            "addCartLinesBySku",
            "applyToCart",
            "clearCart",
            "cloneOrder",
            "createCart",
            "deleteCart",
            "mergeCarts",
        ),
        *(
            "payOrderBalance",
            "placeOrder",
            "removeCartLines",
            "resubmitOrder",
            "saveCart",
            "shareCart",
            "splitCartBackorders",
            "setCartAddresses",
            "setCartAttributes",
        ),
        *("setCartBuyer", "setCartCurrency", "setCartNote", "setCartShipGroups", "setCartShippingMethod"),
        *("setCartAvailabilityChoice", "setCartLineRequests", "setCartShipGroupRequests", "setCartTieGroups"),
        *("setPaymentInstructions", "startCheckout", "updateCartLines", "updatePaymentInstructions"),
        *("createAddress", "deleteAddress", "setDefaultAddress", "updateAddress", "updateProfile"),
        "keepPaymentMethod",
        *("commentOnQuote", "convertQuote", "counterQuote", "createCartFromQuote", "declineQuote", "requestQuote"),
    }
)
"""Never among them: passwords, mail addresses, second factors, sessions, terms and consents, secrets, the end of an account."""

_LEFT_OUT: Final = frozenset({"Query.orderByCode", "Query.quoteByToken"})
"""Of what can be read: what is opened with a secret that was mailed to the customer."""


def allowed(where: str) -> bool:
    """Whether something that a document names, such as `Mutation.placeOrder`, can be used in an assisted session."""
    type_, _, name = where.partition(".")
    return name in MUTATIONS if type_ == "Mutation" else where not in _LEFT_OUT
