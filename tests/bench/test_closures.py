"""What generated source is compared with gives the same answer."""

from bench.closures import Run, page, ways


def test_both_ways_give_the_same_answer():
    generated, closures = ways()
    price = {"amount": "0.00", "currencyCode": "EUR"}
    variant = {
        "id": "var_0",
        "sku": "SKU-0",
        "name": "Moss",
        "stock": 0,
        "onSale": True,
        "barcode": None,
        "price": price,
    }
    product = {"id": "prd_0", "handle": "tent-0", "title": "A tent", "vendor": None, "variants": [variant]}

    assert generated(page(1, 1), Run()) == {"products": [product]}
    assert closures(page(1, 1)) == {"products": [product]}
