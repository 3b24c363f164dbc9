from hashlib import sha1

import pytest

from commerce_api.adapters.breached_passwords import BreachedPasswords

STOLEN = [f"stolen number {n}" for n in range(300)]


def hash_of(password):
    return sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def lines(passwords, *, ending=":7\r\n", cut=0):
    hashes = sorted(hash_of(password)[cut:] for password in passwords)
    return "".join(f"{hash_}{ending}" for hash_ in hashes)


@pytest.mark.parametrize("ending", [":7\r\n", ":123456\n", "\n"])
@pytest.mark.parametrize("how_many", [1, 2, 3, 300])
def test_each_line_of_a_file_is_found_and_nothing_else(tmp_path, ending, how_many):
    file = tmp_path / "hashes.txt"
    file.write_text(lines(STOLEN[:how_many], ending=ending), newline="")

    breached = BreachedPasswords(file)

    assert [password for password in STOLEN if password in breached] == STOLEN[:how_many]
    assert "correct horse battery" not in breached


def test_a_last_line_without_an_end_counts(tmp_path):
    file = tmp_path / "hashes.txt"
    file.write_text(lines(STOLEN).strip())

    assert all(password in BreachedPasswords(file) for password in STOLEN)


def test_nothing_is_in_an_empty_file(tmp_path):
    (tmp_path / "hashes.txt").touch()

    assert STOLEN[0] not in BreachedPasswords(tmp_path / "hashes.txt")


@pytest.mark.parametrize("ending", ["", ".txt"])
def test_a_folder_has_a_file_for_each_beginning(tmp_path, ending):
    prefix = hash_of(STOLEN[0])[:5]
    alike = [password for password in STOLEN if hash_of(password).startswith(prefix)]
    (tmp_path / f"{prefix}{ending}").write_text(lines(alike, cut=5))

    breached = BreachedPasswords(tmp_path)

    assert STOLEN[0] in breached
    assert STOLEN[1] not in breached
