"""Asks with the client that ariadne-codegen generated."""

import os
from datetime import datetime
from decimal import Decimal

from shop_client import ShopClient

page = ShopClient(f"{os.environ['STORE']}/graphql").page_of_products(first=3)
for edge in page.products.edges:
    assert isinstance(edge.node.created_at, datetime)
    assert edge.node.price_range is None or isinstance(edge.node.price_range.min.amount, Decimal)
print(f"ariadne-codegen: channel {page.channel.code}, {len(page.products.edges)} products")
