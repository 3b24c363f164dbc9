from commerce_api.domain.permissions import GRANTABLE, Permission
from commerce_api.operations.roles import SHIPPED_ROLES

P = Permission
ROLES = ("CSR", "SUPERVISOR", "CATALOG_MANAGER", "WAREHOUSE", "FINANCE", "ADMINISTRATOR")
MATRIX = {
    P.ACT_FOR_CUSTOMERS: "y y - - - y",
    P.ADJUST_STOCK: "- - - y - y",
    P.APPROVE_QUOTES: "- y - - y y",
    P.AUTHOR_QUOTES: "y y - - - y",
    P.BLOCK_ORDERS: "y y - - y y",
    P.CANCEL_ORDERS: "y y - - - y",
    P.COMMENT_ON_ORDERS: "y y - - y y",
    P.DEDUCT_AMOUNTS: "y y - - y y",
    P.DISABLE_CUSTOMERS: "- y - - - y",
    P.EDIT_ORDERS: "y y - - - y",
    P.FIND_CUSTOMERS: "y y - y y y",
    P.INVITE_CUSTOMERS: "y y - - - y",
    P.MANAGE_API_KEYS: "- - - - - y",
    P.MANAGE_BLOCK_REASONS: "- - - - - y",
    P.MANAGE_CATALOG: "- - y - - y",
    P.MANAGE_CHANNELS: "- - - - - y",
    P.MANAGE_CUSTOMERS: "y y - - - y",
    P.MANAGE_PRICES: "- - y - - y",
    P.MANAGE_SHIPPING: "- - - - - y",
    P.MANAGE_STAFF: "- - - - - y",
    P.MANAGE_TAXES: "- - - - - y",
    P.OVERRIDE_CHARGES: "y y - - y y",
    P.OVERRIDE_NOTIFICATIONS: "y y - - - y",
    P.OVERRIDE_PRICES: "y y - - - y",
    P.READ_AUDIT_LOG: "- - - - y y",
    P.READ_CARTS: "y y - - - y",
    P.READ_COSTS: "- y y - y y",
    P.READ_CUSTOMERS: "y y - - - y",
    P.READ_ORDERS: "y y - - y y",
    P.READ_PAYMENTS: "y y - - y y",
    P.READ_QUOTES: "y y - - y y",
    P.READ_STAFF: "- - - - - y",
    P.READ_STOCK: "y y y y y y",
    P.RECORD_PAYMENTS: "- - - - y y",
    P.REDACT_COMMENTS: "- - - - - y",
    P.RESERVE_FOR_QUOTES: "- y - - - y",
    P.RESOLVE_BLOCKS: "- y - - - y",
    P.RESOLVE_OWN_BLOCKS: "- - - - y y",
    P.SET_CUSTOMER_TERMS: "- y - - y y",
    P.TAKE_OVER_EDITS: "- y - - - y",
}
"""C.7 for the permissions there are, in the order of ROLES. Adding a permission means deciding a row here."""


def test_the_shipped_roles_hold_what_the_matrix_says():
    shipped = {role.code: role.permissions for role in SHIPPED_ROLES}

    assert tuple(shipped) == ROLES
    assert {
        permission: " ".join("y" if permission in shipped[code] else "-" for code in ROLES) for permission in GRANTABLE
    } == MATRIX
