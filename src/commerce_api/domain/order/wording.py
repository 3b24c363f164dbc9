"""How a state is put into words: plainly for shoppers, exactly for staff."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

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


def for_shoppers(state: OrderState, language: str) -> str:
    return _FOR_SHOPPERS.get(language.partition("-")[0], _FOR_SHOPPERS["en"])[state]


def for_staff(state: OrderState) -> str:
    return _FOR_STAFF[state]
