import httpx
import pytest

from commerce_api.asgi import web_application

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
GOOD = b'{"query": "{ book { title } }"}'
EMMA = {"book": {"title": "Emma"}}


@pytest.fixture
def http(library_api):
    return library_api._http


async def post(http, content=GOOD, **headers):
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return await http.post("/graphql", content=content, headers={"content-type": JSON, **named})


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (GRAPHQL, GRAPHQL),
        (JSON, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("", JSON),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON};q=0.9", JSON),
        (f"{GRAPHQL}; charset=utf-8, */*;q=0.1", GRAPHQL),
        (f"text/html, {GRAPHQL};q=0.8", GRAPHQL),
        (f"{GRAPHQL};q=0, */*", JSON),
        (f"{GRAPHQL};q=oops, {JSON}", JSON),
    ],
)
async def test_the_media_type_is_the_one_liked_best(http, accept, media):
    answer = await post(http, accept=accept)

    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{media}; charset=utf-8")
    assert answer.json()["data"] == EMMA


async def test_a_client_that_takes_neither_is_told_so(http):
    answer = await post(http, accept="text/html")

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (406, {"code": "NOT_ACCEPTABLE"})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b'"x"',
        b"1",
        b"[]",
        b'[{"query": "{ book { title } }"}]',
        b"{",
        b'{"query": null}',
        b'{"query": "{ book { title } }", "variables": [1]}',
        b'{"query": "{ book { title } }", "operationName": 1}',
        b'{"query": "{ book { title } }", "extensions": "x"}',
        b'{"query": "\xff"}',
        b'{"query": "{ book { title } }", "variables": {"a": NaN}}',
        b'{"query": "{ book { title } }", "variables": {"a": "\\ud800"}}',
        b'{"query": "{ book { title } }", "variables": {"a": ' + b"9" * 5_000 + b"}}",
        b'{"query": "{ book { title } }", "variables": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
    ],
)
async def test_what_is_no_request_is_refused_with_400(http, content):
    answer = await post(http, content)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (400, {"code": "BAD_REQUEST"})
    assert list(answer.json()) == ["errors"]


@pytest.mark.parametrize(
    "variables",
    [b'{"a": "\\u0000"}', b'{"\\u0000": 1}', b"[" * 30 + b"]" * 30, b"[" + b"1," * 10_001 + b"1]"],
)
async def test_variables_are_within_reason(http, variables):
    content = b'{"query": "query ($a: String) { book(title: $a) { title } }", "variables": {"a": %b}}' % variables

    answer = await post(http, content, accept=GRAPHQL)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (400, {"code": "BAD_USER_INPUT"})


async def test_a_text_in_the_document_has_no_nul(http):
    answer = await post(http, rb'{"query": "{ book(title: \"\\u0000\") { title } }"}', accept=GRAPHQL)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (400, {"code": "BAD_USER_INPUT"})


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/plain"},
        {"content_type": "application/graphql"},
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": "application/json; charset=latin-1"},
        {"content_type": ""},
        {"content_encoding": "gzip"},
    ],
)
async def test_only_plain_json_in_utf_8_is_read(http, headers):
    answer = await post(http, **headers)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (415, {"code": "UNSUPPORTED_MEDIA_TYPE"})


@pytest.mark.parametrize(
    "media", ["application/json;charset=UTF-8", 'application/json; charset="utf-8"', "APPLICATION/JSON"]
)
async def test_json_may_say_that_it_is_utf_8(http, media):
    assert (await post(http, content_type=media)).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "BREW"])
async def test_other_methods_are_not_allowed(http, method):
    answer = await http.request(method, "/graphql")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


async def test_a_query_may_be_asked_by_get(http):
    query = "query a($t: String!) { book(title: $t) { title } } query b { book { title } }"
    parameters = {"query": query, "operationName": "a", "variables": '{"t": "Ulysses"}', "extensions": ""}

    answer = await http.get("/graphql", params=parameters)

    assert (answer.status_code, answer.json()["data"]) == (200, {"book": {"title": "Ulysses"}})


@pytest.mark.parametrize(
    "parameters",
    [{}, {"query": ""}, {"query": "{ book { title } }", "variables": "{"}, [("query", "{ a }"), ("query", "{ b }")]],
)
async def test_get_needs_correct_parameters(http, parameters):
    assert (await http.get("/graphql", params=parameters)).status_code == 400


async def test_a_mutation_is_never_run_by_get(http):
    answer = await http.get("/graphql", params={"query": 'mutation { write(text: "a") }'})

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["errors"][0]["extensions"] == {"code": "METHOD_NOT_ALLOWED"}


@pytest.mark.parametrize(
    ("query", "name", "code"),
    [
        ("{", None, "GRAPHQL_PARSE_FAILED"),
        ("", None, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query a { book { title } } query b { book { title } }", None, "OPERATION_RESOLUTION_FAILURE"),
        ("query a { book { title } }", "b", "OPERATION_RESOLUTION_FAILURE"),
        ("query a { book { title } }", "", "OPERATION_RESOLUTION_FAILURE"),
        ("query ($t: String!) { book(title: $t) { title } }", None, "BAD_USER_INPUT"),
    ],
)
async def test_a_request_that_cannot_run_has_no_data_and_a_status_by_media_type(http, query, name, code):
    request = {"query": query, "operationName": name}

    strict = await http.post("/graphql", json=request, headers={"accept": GRAPHQL})
    plain = await http.post("/graphql", json=request, headers={"accept": JSON})

    assert (strict.status_code, plain.status_code) == (400, 200)
    assert strict.json() == plain.json()
    assert [error["extensions"]["code"] for error in strict.json()["errors"]] == [code]
    assert "data" not in strict.json()


async def test_a_body_has_a_size_whether_declared_or_not(http):
    async def chunks():
        for _ in range(20):
            yield b" " * 100_000

    declared = await post(http, b" " * 1_000_001)
    chunked = await post(http, chunks())

    for answer in (declared, chunked):
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (413, {"code": "BODY_TOO_LARGE"})


async def test_a_bug_is_masked_and_logged_once_under_its_request_id(http, capsys, caplog):
    answer = await post(http, b'{"query": "{ book { title broken } }"}', x_request_id="my-request.1")

    assert answer.json()["data"] == {"book": {"title": "Emma", "broken": None}}
    (error,) = answer.json()["errors"]
    assert error["path"] == ["book", "broken"]
    assert error["extensions"] == {"code": "INTERNAL", "requestId": "my-request.1"}
    assert "hunter2" not in answer.text
    logged = capsys.readouterr()
    assert (logged.out + logged.err + caplog.text).count("resolver failed") == 1


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "é"])
async def test_a_strange_request_id_is_replaced(http, given):
    answer = await post(http, x_request_id=given.encode())

    assert len(answer.headers["x-request-id"]) == 36


async def test_answers_are_kept_by_nobody_and_run_nowhere(http):
    answer = await post(http)

    assert {
        name: answer.headers[name] for name in ("cache-control", "vary", "x-content-type-options", "x-frame-options")
    } == {
        "cache-control": "no-store",
        "vary": "Accept, Authorization, X-Cart-Token, X-Channel, X-Currency, X-Customer, Accept-Language",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }


async def test_a_client_that_goes_away_is_no_error(app, capsys):
    sent = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }

    async def gone():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await web_application(app)(scope, gone, send)

    assert sent == []
    assert capsys.readouterr().out == ""


async def test_a_proxy_may_serve_it_below_a_path_of_its_own(app):
    transport = httpx.ASGITransport(app=web_application(app), root_path="/shop")
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        answers = [
            await client.post(path, json={"query": "{ __typename }"})
            for path in ("/shop/staff/graphql", "/staff/graphql")
        ]

    assert [answer.json()["data"] for answer in answers] == [{"__typename": "Query"}] * 2
    assert answers[0].headers.keys() == answers[1].headers.keys()
