"""Products as CSV, in the format that Shopify exports; docs/product-csv.md describes it.

`lines` makes records of bytes, `columns` knows the columns, `cells` reads single values, `reading` makes a product of its
lines, `writing` makes lines of a product.
"""
