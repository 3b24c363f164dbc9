"""The enums of the catalog as clients see them. Schema modules take them from here, so that each is described before use."""

from commerce_api.domain.availability import AvailabilityStatus, StockPolicy
from commerce_api.domain.product import ProductStatus, RelationKind
from commerce_api.domain.product_filter import FacetKind, ProductSort
from commerce_api.domain.typed_value import AttributeKind
from commerce_api.schema.enums import described

__all__ = [
    "AttributeKind",
    "AvailabilityStatus",
    "FacetKind",
    "ProductSort",
    "ProductStatus",
    "RelationKind",
    "StockPolicy",
]

described(
    AttributeKind,
    "What values an attribute has.",
    TEXT="Free text.",
    NUMBER="A number.",
    BOOLEAN="Yes or no.",
    DATE="A day.",
    CHOICE="Some of given choices.",
)
described(
    AvailabilityStatus,
    "Whether something can be bought now.",
    IN_STOCK="There is enough, or it is not counted.",
    LOW_STOCK="Few are left.",
    BACKORDER="None are left, but it can be ordered and comes later.",
    OUT_OF_STOCK="It cannot be bought now.",
)
described(
    FacetKind,
    "What products can be filtered by.",
    CATEGORY="The category, with all above it.",
    COLLECTION="The collection.",
    VENDOR="Who makes it or sells it.",
    TAG="A free keyword.",
    OPTION="An option of its variants, such as color.",
    ATTRIBUTE="An attribute that its product type declares a facet.",
)
described(
    ProductSort,
    "The order of products. Ties are stable.",
    FEATURED="As they were arranged in the category or collection; elsewhere newest first.",
    RELEVANCE="What fits the search best comes first; as usual where nothing was searched.",
    NEWEST="What was published last comes first.",
    POPULARITY="What is bought most comes first.",
    NAME="By title.",
    PRICE_ASC="The cheapest comes first.",
    PRICE_DESC="The dearest comes first.",
)
described(
    ProductStatus,
    "Whether a product can be sold at all.",
    DRAFT="Not published yet.",
    ACTIVE="Sold where and when it is published.",
    ARCHIVED="Put away for good.",
)
described(
    RelationKind,
    "How a product goes with another.",
    CROSS_SELL="It is often bought with it.",
    UP_SELL="It is a better one.",
    ACCESSORY="It belongs to it.",
    SUBSTITUTE="It can take its place.",
)
described(
    StockPolicy,
    "What happens when nothing is left.",
    DENY="No more is sold.",
    BACKORDER="More is sold before it is here, up to a limit if there is one.",
    UNTRACKED="It is not counted.",
)
