from click.testing import CliRunner

from commerce_api.cli import main


def test_several_processes_are_not_started_with_wrong_documents(tmp_path):
    (tmp_path / "wrong.graphql").write_text("{ nothing }")

    answer = CliRunner().invoke(
        main, ["serve", "--workers", "2"], env={"DATABASE_URL": None, "COMMERCE_DOCUMENTS": str(tmp_path)}
    )

    assert (answer.exit_code, answer.output.splitlines()) == (
        2,
        [
            "These settings cannot be used:",
            f"  COMMERCE_DOCUMENTS: {tmp_path}/wrong.graphql:1: Cannot query field 'nothing' on type 'Query'.",
        ],
    )
