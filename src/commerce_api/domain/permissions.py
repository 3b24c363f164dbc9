"""What one may be allowed to do. Roles, which are data, name these; code never names a role (C.7)."""

from typing import Final

from commerce_api.domain.described import DescribedEnum


class Permission(DescribedEnum):
    """In alphabetical order. A permission stands on each root field, and on each field that not everybody may read."""

    ACT_FOR_CUSTOMERS = "ACT_FOR_CUSTOMERS", "Do in a customer's name what the customer could do."
    ADJUST_STOCK = "ADJUST_STOCK", "Count and correct stock."
    APPROVE_QUOTES = "APPROVE_QUOTES", "Approve quotes that go beyond their author's limits."
    AUTHOR_QUOTES = "AUTHOR_QUOTES", "Write, send and withdraw quotes."
    BLOCK_ORDERS = "BLOCK_ORDERS", "Hold orders up, and quotes before they are ordered, for a reason."
    BROWSE_CATALOG = "BROWSE_CATALOG", "See what is sold."
    BUY = "BUY", "Fill carts and place orders."
    CANCEL_ORDERS = "CANCEL_ORDERS", "Cancel orders, whole or in part."
    COMMENT_ON_ORDERS = "COMMENT_ON_ORDERS", "Write comments on orders."
    DEDUCT_AMOUNTS = "DEDUCT_AMOUNTS", "Take an amount off a subtotal."
    DISABLE_CUSTOMERS = "DISABLE_CUSTOMERS", "Shut customers out, and let them in again."
    EDIT_ORDERS = "EDIT_ORDERS", "Change placed orders."
    FIND_CUSTOMERS = "FIND_CUSTOMERS", "Search among customers."
    INVITE_CUSTOMERS = "INVITE_CUSTOMERS", "Send customers a link with which they choose a password."
    MANAGE_API_KEYS = "MANAGE_API_KEYS", "Make and revoke API keys."
    MANAGE_BLOCK_REASONS = "MANAGE_BLOCK_REASONS", "Change the reasons for which orders are held up."
    MANAGE_CATALOG = "MANAGE_CATALOG", "Change products, categories, collections and media; import and export."
    MANAGE_CHANNELS = "MANAGE_CHANNELS", "Change channels and what they offer."
    MANAGE_CUSTOMERS = "MANAGE_CUSTOMERS", "Change customers' data and groups."
    MANAGE_PRICES = "MANAGE_PRICES", "Change price lists."
    MANAGE_SHIPPING = "MANAGE_SHIPPING", "Change zones, shipping methods and rates."
    MANAGE_STAFF = "MANAGE_STAFF", "Change staff accounts, roles and what they may do."
    MANAGE_TAXES = "MANAGE_TAXES", "Change tax classes and rates."
    OVERRIDE_CHARGES = "OVERRIDE_CHARGES", "Ask another amount for shipping and the like."
    OVERRIDE_NOTIFICATIONS = "OVERRIDE_NOTIFICATIONS", "Send or hold back one mail whatever the customer prefers."
    OVERRIDE_PRICES = "OVERRIDE_PRICES", "Ask another price for a line."
    OWN_ACCOUNT = "OWN_ACCOUNT", "See and change one's own account and orders."
    READ_AUDIT_LOG = "READ_AUDIT_LOG", "Read who did what."
    READ_CARTS = "READ_CARTS", "See the carts of others."
    READ_COSTS = "READ_COSTS", "See what things cost the shop."
    READ_CUSTOMERS = "READ_CUSTOMERS", "See customers' data."
    READ_ORDERS = "READ_ORDERS", "See all orders."
    READ_PAYMENTS = "READ_PAYMENTS", "See payments and their transactions."
    READ_QUOTES = "READ_QUOTES", "See all quotes."
    READ_STAFF = "READ_STAFF", "See staff accounts and roles."
    READ_STOCK = "READ_STOCK", "See how much lies where."
    RECORD_PAYMENTS = "RECORD_PAYMENTS", "Record money that has come in or was given back, and take such records back."
    REDACT_COMMENTS = "REDACT_COMMENTS", "Blank out comments on orders."
    RESERVE_FOR_QUOTES = "RESERVE_FOR_QUOTES", "Hold stock for quotes."
    RESOLVE_BLOCKS = "RESOLVE_BLOCKS", "Let blocked orders and quotes go on."
    RESOLVE_OWN_BLOCKS = "RESOLVE_OWN_BLOCKS", "Let orders go on that are blocked for a reason that names one's role."
    SET_CUSTOMER_TERMS = "SET_CUSTOMER_TERMS", "Agree with customers on paying later, and how much."
    SIGN_IN = "SIGN_IN", "Prove to be a customer."
    SIGN_IN_AS_STAFF = "SIGN_IN_AS_STAFF", "Prove to be a member of staff."
    STAFF_DESK = "STAFF_DESK", "Use what every member of staff uses."
    TAKE_OVER_EDITS = "TAKE_OVER_EDITS", "Take over what somebody else is editing."


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

TAKES_A_PERSON: Final = frozenset(
    {
        Permission.APPROVE_QUOTES,
        Permission.DEDUCT_AMOUNTS,
        Permission.OVERRIDE_CHARGES,
        Permission.OVERRIDE_PRICES,
        Permission.RESOLVE_BLOCKS,
        Permission.RESOLVE_OWN_BLOCKS,
    }
)
"""What no API key may be granted: somebody has to answer for it by name, within limits, and never for themselves (D27)."""

PER_CHANNEL: Final = frozenset(
    {
        Permission.ACT_FOR_CUSTOMERS,
        Permission.APPROVE_QUOTES,
        Permission.AUTHOR_QUOTES,
        Permission.BLOCK_ORDERS,
        Permission.CANCEL_ORDERS,
        Permission.COMMENT_ON_ORDERS,
        Permission.DEDUCT_AMOUNTS,
        Permission.DISABLE_CUSTOMERS,
        Permission.EDIT_ORDERS,
        Permission.FIND_CUSTOMERS,
        Permission.INVITE_CUSTOMERS,
        Permission.MANAGE_CUSTOMERS,
        Permission.OVERRIDE_CHARGES,
        Permission.OVERRIDE_NOTIFICATIONS,
        Permission.OVERRIDE_PRICES,
        Permission.READ_CARTS,
        Permission.READ_CUSTOMERS,
        Permission.READ_ORDERS,
        Permission.READ_PAYMENTS,
        Permission.READ_QUOTES,
        Permission.RECORD_PAYMENTS,
        Permission.REDACT_COMMENTS,
        Permission.RESERVE_FOR_QUOTES,
        Permission.RESOLVE_BLOCKS,
        Permission.RESOLVE_OWN_BLOCKS,
        Permission.SET_CUSTOMER_TERMS,
        Permission.TAKE_OVER_EDITS,
    }
)
"""What a grant for some channels only can hold: all that uses these looks at `Actor.channels_with` or `Actor.may_in`. Such
a grant leaves out all other permissions of its role.
"""
