"""What one may be allowed to do. Roles, which are data, name these; code never names a role (C.7)."""

from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """In alphabetical order. A permission stands on each root field, and on each field that not everybody may read."""

    ACT_FOR_CUSTOMERS = "ACT_FOR_CUSTOMERS"
    ADJUST_STOCK = "ADJUST_STOCK"
    BROWSE_CATALOG = "BROWSE_CATALOG"
    BUY = "BUY"
    DISABLE_CUSTOMERS = "DISABLE_CUSTOMERS"
    FIND_CUSTOMERS = "FIND_CUSTOMERS"
    MANAGE_API_KEYS = "MANAGE_API_KEYS"
    MANAGE_CATALOG = "MANAGE_CATALOG"
    MANAGE_CHANNELS = "MANAGE_CHANNELS"
    MANAGE_CUSTOMERS = "MANAGE_CUSTOMERS"
    MANAGE_PRICES = "MANAGE_PRICES"
    MANAGE_SHIPPING = "MANAGE_SHIPPING"
    MANAGE_STAFF = "MANAGE_STAFF"
    MANAGE_TAXES = "MANAGE_TAXES"
    OWN_ACCOUNT = "OWN_ACCOUNT"
    READ_AUDIT_LOG = "READ_AUDIT_LOG"
    READ_CARTS = "READ_CARTS"
    READ_COSTS = "READ_COSTS"
    READ_CUSTOMERS = "READ_CUSTOMERS"
    READ_ORDERS = "READ_ORDERS"
    READ_PAYMENTS = "READ_PAYMENTS"
    READ_STAFF = "READ_STAFF"
    READ_STOCK = "READ_STOCK"
    SIGN_IN = "SIGN_IN"
    SIGN_IN_AS_STAFF = "SIGN_IN_AS_STAFF"
    STAFF_DESK = "STAFF_DESK"


GUEST: Final = frozenset({Permission.BROWSE_CATALOG, Permission.BUY, Permission.SIGN_IN})
"""What anybody may do in the shop."""

CUSTOMER: Final = GUEST | {Permission.OWN_ACCOUNT}
"""What a signed-in customer may do."""

SHOP: Final = CUSTOMER
"""Fields that need one of these are in the shop contract; all others exist for staff only (K1)."""

STAFF_ENTRANCE: Final = frozenset({Permission.SIGN_IN_AS_STAFF})
"""What anybody may do on the staff address."""

EVERY_STAFF: Final = STAFF_ENTRANCE | {Permission.BROWSE_CATALOG, Permission.STAFF_DESK}
"""What comes with every staff account and API key, whatever its roles."""

GRANTABLE: Final = frozenset(Permission) - SHOP - EVERY_STAFF
"""What a role or an API key may be granted."""

PER_CHANNEL: Final = frozenset(
    {Permission.DISABLE_CUSTOMERS, Permission.FIND_CUSTOMERS, Permission.MANAGE_CUSTOMERS, Permission.READ_CUSTOMERS}
)
"""What a grant for some channels only can hold: all that uses these looks at `Actor.channels_with`. Such a grant leaves
out all other permissions of its role.
"""
