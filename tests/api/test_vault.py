import json
import logging

import pytest

GOOD = {"number": "4242 4242 4242 4242", "expiryMonth": 12, "expiryYear": 2030, "cvv": "123", "holder": "Ada Example"}


async def test_a_card_becomes_a_token(http):
    answer = await http.post("/vault/cards", json=GOOD)

    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body.pop("token").startswith("card_")
    assert body == {"brand": "VISA", "lastFour": "4242", "expiryMonth": 12, "expiryYear": 2030}


async def test_neither_number_nor_code_is_kept_or_logged(http, connection, caplog):
    caplog.set_level(logging.DEBUG)
    first = await http.post("/vault/cards", json=GOOD)
    second = await http.post("/vault/cards", json=GOOD | {"number": "4242424242424242"})

    rows = await connection.fetch("SELECT * FROM vault_cards")
    kept = repr([dict(row) for row in rows]) + caplog.text + first.text + second.text
    assert "4242424242424242" not in kept
    assert "4242 4242 4242 4242" not in kept
    assert "cvv" not in kept.lower()
    assert len({row["fingerprint"] for row in rows}) == 1
    assert len({row["token"] for row in rows}) == 2


async def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_kept(http, connection):
    broken = {"number": "4242424242424241", "expiryMonth": 1, "expiryYear": 2026, "cvv": "1"}

    answer = await http.post("/vault/cards", json=broken)

    assert answer.status_code == 422
    assert [(error["code"], error["path"]) for error in answer.json()["errors"]] == [
        ("CARD_NUMBER_INVALID", ["number"]),
        ("CARD_EXPIRED", ["expiryMonth"]),
        ("CVV_INVALID", ["cvv"]),
    ]
    assert "4242424242424241" not in answer.text
    assert await connection.fetchval("SELECT count(*) FROM vault_cards") == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": "6200000000000005"}, "CARD_BRAND_NOT_ACCEPTED"),
        ({"number": "4111111111111111"}, "SANDBOX_CARDS_ONLY"),
        ({"holder": "4242 4242 4242 4242"}, "PAN_IN_PLAIN_INPUT"),
        ({"holder": "A" * 101}, "INVALID_VALUE"),
        ({"number": "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢"}, "CARD_NUMBER_INVALID"),
    ],
)
async def test_a_card_that_cannot_be_taken_is_refused(http, connection, change, code):
    answer = await http.post("/vault/cards", json=GOOD | change)

    assert answer.status_code == 422
    assert code in [error["code"] for error in answer.json()["errors"]]
    assert await connection.fetchval("SELECT count(*) FROM vault_cards") == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"\xff",
        b"[" * 1000,
        json.dumps(GOOD | {"number": 4242424242424242}).encode(),
        json.dumps(GOOD | {"expiryMonth": True}).encode(),
        json.dumps(GOOD | {"more": 1}).encode(),
    ],
)
async def test_what_is_no_card_is_turned_away_without_an_echo(http, body):
    answer = await http.post("/vault/cards", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert [error["code"] for error in answer.json()["errors"]] == ["BAD_USER_INPUT"]
    assert "4242" not in answer.text


async def test_what_is_too_long_for_a_card_is_not_read(http):
    answer = await http.post("/vault/cards", json=GOOD | {"holder": "4242" * 1000})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (413, "BODY_TOO_LARGE")
    assert "4242" not in answer.text
