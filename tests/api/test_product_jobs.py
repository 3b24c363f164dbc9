from pathlib import Path

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.operations import product_jobs
from commerce_api.settings import Settings
from commerce_api.worker import Worker
from tests import given

FILE = (Path(__file__).parents[1] / "data" / "jewelery.csv").read_bytes()
IMPORT = """
mutation ($input: ImportProductsInput!) {
  importProducts(input: $input) { job { id state } errors { code path } }
}
"""
JOB = """
query ($id: ID!) {
  job(id: $id) {
    kind state done total downloadUrl
    counts { created changed unchanged refused rolledBack }
    problems(first: 1) { totalCount pageInfo { hasNextPage endCursor } nodes { line column code message } }
  }
}
"""
EXPORT = "mutation { exportProducts(input: {}) { job { id state } errors { code } } }"


@pytest.fixture
async def desk(api, connection):
    await given.channel(connection)
    return api.allowed(Permission.MANAGE_CATALOG)


@pytest.fixture
def worker(services):
    return Worker(services)


async def sent(desk, http, content=FILE):
    response = await http.post("/staff/files?name=products.csv", content=content, headers=desk._headers)
    assert response.status_code == 201
    return response.json()["fileId"]


async def started(desk, http, content=FILE, **options):
    data = await desk.staff(IMPORT, input={"fileId": await sent(desk, http, content), **options})
    assert data["importProducts"]["errors"] == []
    return data["importProducts"]["job"]["id"]


async def test_a_file_is_imported_by_a_job(desk, http, worker, connection):
    id_ = await started(desk, http)

    assert (await desk.staff(JOB, id=id_))["job"]["state"] == "QUEUED"
    await worker.run_due()

    assert (await desk.staff(JOB, id=id_))["job"] == {
        "kind": "IMPORT_PRODUCTS",
        "state": "DONE",
        "done": len(FILE),
        "total": len(FILE),
        "downloadUrl": None,
        "counts": {"created": 20, "changed": 0, "unchanged": 0, "refused": 0, "rolledBack": False},
        "problems": {"totalCount": 0, "pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": []},
    }
    assert await connection.fetchval("SELECT count(*) FROM products") == 20


BAD = b"Handle,Title,Variant Price\ngood,Good,1.00\nbad,Bad,x\nworse,,-1\n"


async def test_a_job_tells_each_problem_and_keeps_what_is_good(desk, http, worker, connection):
    id_ = await started(desk, http, BAD)
    await worker.run_due()

    job = (await desk.staff(JOB, id=id_))["job"]

    assert (job["state"], job["counts"]["created"], job["counts"]["refused"]) == ("DONE", 1, 2)
    assert job["problems"]["totalCount"] == 3
    assert job["problems"]["pageInfo"]["hasNextPage"]
    assert job["problems"]["nodes"] == [
        {"line": 3, "column": "Variant Price", "code": "INVALID_VALUE", "message": "“x” is not a number."}
    ]


async def test_all_or_nothing_takes_everything_back(desk, http, worker, connection):
    id_ = await started(desk, http, BAD, allOrNothing=True)
    await worker.run_due()

    job = (await desk.staff(JOB, id=id_))["job"]

    assert (job["state"], job["counts"]["rolledBack"], job["problems"]["totalCount"]) == ("FAILED", True, 3)
    assert await connection.fetchval("SELECT count(*) FROM products") == 0


async def test_a_job_goes_on_after_its_last_batch(desk, http, services, connection, monkeypatch):
    """A worker that dies, or gives others a turn, leaves the rest to the next."""
    monkeypatch.setattr(product_jobs, "_SECONDS", 0)
    monkeypatch.setattr("commerce_api.operations.product_import_run._MOST_PRODUCTS", 7)
    id_ = await started(desk, http)
    worker, seen = Worker(services), []
    while await worker.run_due():
        job = (await desk.staff(JOB, id=id_))["job"]
        seen.append((job["state"], job["counts"]["created"]))

    assert seen == [("RUNNING", 7), ("RUNNING", 14), ("RUNNING", 20), ("DONE", 20)]


async def test_a_task_that_is_run_again_does_nothing_more(desk, http, services, worker, connection):
    id_ = await started(desk, http)
    await worker.run_due()
    before = (await desk.staff(JOB, id=id_))["job"]
    key = await connection.fetchval("SELECT id FROM jobs")

    await product_jobs.run_import(services, {"jobId": str(key)})

    assert (await desk.staff(JOB, id=id_))["job"] == before


async def test_an_export_can_be_downloaded_by_whoever_asked_for_it(desk, api, http, worker):
    await started(desk, http)
    await worker.run_due()
    id_ = (await desk.staff(EXPORT))["exportProducts"]["job"]["id"]
    await worker.run_due()
    job = (await desk.staff(JOB, id=id_))["job"]

    mine = await http.get(job["downloadUrl"], headers=desk._headers)
    other = await http.get(job["downloadUrl"], headers=api.allowed(Permission.MANAGE_CATALOG)._headers)

    assert (job["state"], job["done"]) == ("DONE", 20)
    assert mine.content.startswith(b"Handle,Title,Body (HTML),")
    assert b"Cost per item" not in mine.content
    assert mine.headers["content-disposition"] == "attachment; filename*=UTF-8''products-eu.csv"
    assert other.status_code == 404


async def test_jobs_are_listed_with_their_problems_in_two_statements(desk, http, worker, statements):
    for _ in range(3):
        await started(desk, http, BAD)
    await worker.run_due()
    statements.clear()

    data = await desk.staff(
        "{ jobs(first: 2) { nodes { state problems { nodes { line } } } pageInfo { hasNextPage } } }"
    )

    assert data["jobs"]["pageInfo"] == {"hasNextPage": True}
    assert [[p["line"] for p in job["problems"]["nodes"]] for job in data["jobs"]["nodes"]] == [[3, 4, 4]] * 2
    assert len([sql for sql in statements if "jobs" in sql or "job_problems" in sql]) == 2


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"fileId": "fil_00000000000000000000000000"}, [{"code": "NOT_FOUND", "path": ["fileId"]}]),
        ({"fileId": "prd_x"}, [{"code": "NOT_FOUND", "path": ["fileId"]}]),
        ({"channel": "moon"}, [{"code": "UNKNOWN_CHANNEL", "path": ["channel"]}]),
        ({"currency": "JPY"}, [{"code": "UNKNOWN_CURRENCY", "path": ["currency"]}]),
    ],
)
async def test_what_cannot_be_imported_starts_no_job(desk, http, connection, change, errors):
    data = await desk.staff(IMPORT, input={"fileId": await sent(desk, http), **change})

    assert data["importProducts"] == {"job": None, "errors": errors}
    assert await connection.fetchval("SELECT count(*) FROM jobs") == 0


async def test_a_file_of_somebody_else_is_not_found(desk, api, http, connection):
    other = api.allowed(Permission.MANAGE_CATALOG)

    data = await desk.staff(IMPORT, input={"fileId": await sent(other, http)})

    assert data["importProducts"]["errors"] == [{"code": "NOT_FOUND", "path": ["fileId"]}]
    assert await connection.fetchval("SELECT count(*) FROM jobs") == 0


async def test_the_same_key_starts_one_job(desk, http, connection):
    input_ = {"fileId": await sent(desk, http), "idempotencyKey": "one"}

    answers = [await desk.staff(IMPORT, input=input_) for _ in range(2)]

    assert answers[0] == answers[1]
    assert await connection.fetchval("SELECT count(*) FROM jobs") == 1


async def test_files_need_the_permission(api, http, connection):
    await given.channel(connection)
    guest = await http.post("/staff/files", content=FILE)
    staff = await http.post("/staff/files", content=FILE, headers=api.allowed(Permission.READ_STOCK)._headers)

    assert (guest.status_code, staff.status_code) == (403, 403)
    assert await connection.fetchval("SELECT count(*) FROM files") == 0


async def test_jobs_need_the_permission(api, connection):
    await given.channel(connection)
    answer = await api.allowed(Permission.READ_STOCK).error_codes(
        "/staff/graphql", "mutation { exportProducts(input: {}) { errors { code } } }"
    )

    assert answer == ["FORBIDDEN"]
    assert await connection.fetchval("SELECT count(*) FROM jobs") == 0


async def test_a_file_that_has_not_arrived_cannot_be_imported(desk, http, connection):
    file_id = await sent(desk, http)
    await connection.execute("UPDATE files SET size = NULL")

    data = await desk.staff(IMPORT, input={"fileId": file_id})

    assert data["importProducts"]["errors"] == [{"code": "UPLOAD_INCOMPLETE", "path": ["fileId"]}]


async def test_a_large_file_is_kept_in_pieces(desk, http, connection):
    await sent(desk, http, b"x" * 1_300_000)

    sizes = await connection.fetch("SELECT length(content) AS size FROM file_chunks ORDER BY position")
    assert [row["size"] for row in sizes] == [524_288, 524_288, 251_424]
    assert await connection.fetchval("SELECT size FROM files") == 1_300_000


async def test_a_file_that_is_too_large_is_refused(desk, http, app, connection):
    object.__setattr__(app, "settings", Settings(rate_limit=0, upload_limit=10))

    response = await http.post("/staff/files", content=FILE, headers=desk._headers)

    assert (response.status_code, response.json()["errors"][0]["code"]) == (413, "BODY_TOO_LARGE")
    assert await connection.fetchval("SELECT count(*) FROM file_chunks") == 0
