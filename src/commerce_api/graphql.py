"""The executable schema: all roots put together, and the two contracts made from it."""

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

import commerce_api.resolvers.parts  # noqa: F401 - they have ids, and no fields at the root
from commerce_api.contract import derive, for_shop, settle_one_of
from commerce_api.resolvers.accounts import AccountMutations, AccountQueries, ProfileMutations
from commerce_api.resolvers.assistance import AssistanceMutations, AssistanceQueries
from commerce_api.resolvers.blocks import BlockMutations, BlockQueries
from commerce_api.resolvers.canceling import CancelingMutations, CancelingQueries
from commerce_api.resolvers.cart_sharing import CartSharingMutations
from commerce_api.resolvers.carts import CartMutations, CartQueries
from commerce_api.resolvers.catalog import CatalogMutations, CatalogQueries
from commerce_api.resolvers.catalog_work import CatalogWorkMutations, CatalogWorkQueries
from commerce_api.resolvers.channels import ChannelQueries
from commerce_api.resolvers.checkout import CheckoutMutations, CheckoutQueries
from commerce_api.resolvers.cloning import CloningMutations
from commerce_api.resolvers.comments import CommentMutations
from commerce_api.resolvers.customers import CustomerMutations, CustomerQueries
from commerce_api.resolvers.imports import ImportMutations, ImportQueries
from commerce_api.resolvers.nodes import NodeQueries
from commerce_api.resolvers.order_attributes import OrderAttributeMutations
from commerce_api.resolvers.order_edits import OrderEditMutations, OrderEditQueries
from commerce_api.resolvers.order_finding import OrderFindingMutations, OrderFindingQueries
from commerce_api.resolvers.order_shipping import OrderShippingMutations
from commerce_api.resolvers.orders import OrderMutations, OrderQueries
from commerce_api.resolvers.payments import PaymentMutations, PaymentQueries
from commerce_api.resolvers.quote_desk import QuoteDeskMutations
from commerce_api.resolvers.quotes import QuoteMutations, QuoteQueries
from commerce_api.resolvers.recorded_payments import RecordedPaymentMutations
from commerce_api.resolvers.second_factor import SecondFactorMutations
from commerce_api.resolvers.settings import SettingsMutations, SettingsQueries
from commerce_api.resolvers.splitting import SplittingMutations, SplittingQueries
from commerce_api.resolvers.staff import StaffMutations, StaffQueries, StaffSessionMutations
from commerce_api.resolvers.stock import StockMutations, StockQueries
from commerce_api.schema.card_numbers import refuse_card_numbers
from commerce_api.schema.catalog_values import AttributeValue
from commerce_api.schema.descriptions import describe, drop_signatures
from commerce_api.schema.errors import UserError
from commerce_api.schema.order_reads import note_reads
from commerce_api.schema.scalars import SCALARS


@strawberry.type(description="Everything that can be asked.")
class Query(
    AccountQueries,
    AssistanceQueries,
    BlockQueries,
    CancelingQueries,
    CartQueries,
    CatalogQueries,
    CatalogWorkQueries,
    CheckoutQueries,
    CustomerQueries,
    ImportQueries,
    OrderEditQueries,
    OrderQueries,
    OrderFindingQueries,
    PaymentQueries,
    QuoteQueries,
    SettingsQueries,
    StaffQueries,
    StockQueries,
    SplittingQueries,
    ChannelQueries,
    NodeQueries,
):
    pass


@strawberry.type(description="Everything that can be done. Fields run one after another, each in its own transaction.")
class Mutation(
    AccountMutations,
    SecondFactorMutations,
    ProfileMutations,
    BlockMutations,
    CommentMutations,
    AssistanceMutations,
    CancelingMutations,
    CloningMutations,
    CartMutations,
    CartSharingMutations,
    CatalogMutations,
    CatalogWorkMutations,
    CheckoutMutations,
    CustomerMutations,
    ImportMutations,
    OrderAttributeMutations,
    OrderEditMutations,
    OrderMutations,
    OrderFindingMutations,
    PaymentMutations,
    RecordedPaymentMutations,
    QuoteMutations,
    QuoteDeskMutations,
    SettingsMutations,
    SplittingMutations,
    OrderShippingMutations,
    StaffMutations,
    StaffSessionMutations,
    StockMutations,
):
    pass


FULL = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    types=[*UserError.__subclasses__(), *AttributeValue.__subclasses__()],
    config=StrawberryConfig(scalar_map=SCALARS),
)
STAFF: GraphQLSchema = FULL._schema  # noqa: SLF001 - strawberry gives no other way to its graphql-core schema
describe(STAFF)
drop_signatures(STAFF)
settle_one_of(STAFF)
refuse_card_numbers(STAFF)
note_reads(STAFF)
SHOP: GraphQLSchema = derive(STAFF, for_shop)
