"""How states and events are put into words: plainly for shoppers, exactly for staff."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from commerce_api.domain.order import commands as c
from commerce_api.domain.order.editing import OrderEditCommitted
from commerce_api.domain.order.shipping import ShippingPolicySet
from commerce_api.domain.order.state import OrderState

_S = OrderState
_FOR_SHOPPERS: Final[Mapping[str, Mapping[OrderState, str]]] = MappingProxyType(
    {
        "en": {
            _S.AWAITING_APPROVAL: "Waiting for approval",
            _S.PENDING: "Received",
            _S.PAYMENT_REJECTED: "Please choose another way to pay",
            _S.CONFIRMED: "Confirmed",
            _S.IN_FULFILLMENT: "Being packed",
            _S.SHIPPED: "On its way",
            _S.COMPLETED: "Completed",
            _S.CANCELED: "Canceled",
        },
        "de": {
            _S.AWAITING_APPROVAL: "Wartet auf Freigabe",
            _S.PENDING: "Eingegangen",
            _S.PAYMENT_REJECTED: "Bitte wählen Sie eine andere Zahlungsart",
            _S.CONFIRMED: "Bestätigt",
            _S.IN_FULFILLMENT: "Wird gepackt",
            _S.SHIPPED: "Unterwegs",
            _S.COMPLETED: "Abgeschlossen",
            _S.CANCELED: "Storniert",
        },
    }
)
_FOR_STAFF: Final[Mapping[OrderState, str]] = MappingProxyType(
    {
        _S.AWAITING_APPROVAL: "The buyer's organization has to approve",
        _S.PENDING: "Saved, payment not secured yet",
        _S.PAYMENT_REJECTED: "Payment declined, lost or abandoned; waiting for new instructions",
        _S.CONFIRMED: "Payment secured, nothing released to a warehouse",
        _S.IN_FULFILLMENT: "Released to a warehouse, at least in part",
        _S.SHIPPED: "All units handed over",
        _S.COMPLETED: "Shipped, settled and invoiced",
        _S.CANCELED: "All units canceled",
    }
)


_EVENTS: Final[Mapping[str, Mapping[type, str]]] = MappingProxyType(
    {
        "en": {
            c.OrderPlaced: "We have received your order.",
            c.PaymentAuthorized: "The payment was accepted.",
            c.PaymentDeclined: "The payment was not accepted.",
            c.PaymentActionRequired: "Your bank asks you to confirm the payment.",
            c.PaymentVoided: "An amount that was set aside was released.",
            c.MoneyRecorded: "We have received your payment.",
            c.MoneyGivenBack: "We have given money back.",
            c.OrderAwaitsPayment: "Your order waits for its payment.",
            c.PaymentInstructionsChanged: "Another way to pay was chosen.",
            c.OrderResubmitted: "The payment was tried again.",
            c.OrderBalanceSubmitted: "The payment of what was left was begun.",
            c.OrderEditCharged: "The payment of a change was begun.",
            c.OrderConfirmed: "Your order is confirmed.",
            c.OrderPaymentRejected: "Your order waits for another way to pay.",
            c.OrderCanceled: "Your order was canceled.",
            c.OrderLinesCanceled: "Part of your order was canceled.",
            c.OrderSplit: "Your order was made two orders.",
            OrderEditCommitted: "Your order was changed.",
            ShippingPolicySet: "It was chosen anew when your order may leave.",
        },
        "de": {
            c.OrderPlaced: "Wir haben Ihre Bestellung erhalten.",
            c.PaymentAuthorized: "Die Zahlung wurde angenommen.",
            c.PaymentDeclined: "Die Zahlung wurde nicht angenommen.",
            c.PaymentActionRequired: "Ihre Bank bittet Sie, die Zahlung zu bestätigen.",
            c.PaymentVoided: "Ein vorgemerkter Betrag wurde freigegeben.",
            c.MoneyRecorded: "Wir haben Ihre Zahlung erhalten.",
            c.MoneyGivenBack: "Wir haben Geld erstattet.",
            c.OrderAwaitsPayment: "Ihre Bestellung wartet auf die Zahlung.",
            c.PaymentInstructionsChanged: "Eine andere Zahlungsart wurde gewählt.",
            c.OrderResubmitted: "Die Zahlung wurde noch einmal versucht.",
            c.OrderBalanceSubmitted: "Die Zahlung des Restbetrags wurde begonnen.",
            c.OrderEditCharged: "Die Zahlung einer Änderung wurde begonnen.",
            c.OrderConfirmed: "Ihre Bestellung ist bestätigt.",
            c.OrderPaymentRejected: "Ihre Bestellung wartet auf eine andere Zahlungsart.",
            c.OrderCanceled: "Ihre Bestellung wurde storniert.",
            c.OrderLinesCanceled: "Ein Teil Ihrer Bestellung wurde storniert.",
            c.OrderSplit: "Ihre Bestellung wurde auf zwei Bestellungen aufgeteilt.",
            OrderEditCommitted: "Ihre Bestellung wurde geändert.",
            ShippingPolicySet: "Es wurde neu gewählt, wann Ihre Bestellung versandt wird.",
        },
    }
)
_EVENT_TEXTS: Final = {
    language: {event.__name__: text for event, text in texts.items()} for language, texts in _EVENTS.items()
}


def of_event(type_name: str, language: str) -> str | None:
    """What happened, for whom it happened to; None for what only staff see."""
    return _EVENT_TEXTS.get(language.partition("-")[0], _EVENT_TEXTS["en"]).get(type_name)


def for_shoppers(state: OrderState, language: str) -> str:
    return _FOR_SHOPPERS.get(language.partition("-")[0], _FOR_SHOPPERS["en"])[state]


def for_staff(state: OrderState) -> str:
    return _FOR_STAFF[state]
