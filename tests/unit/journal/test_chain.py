"""The key, the hashes and the heads."""

from __future__ import annotations

import hashlib
import hmac
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import StartError
from gateway.journal.chain import KEY_FILE, START, Key, chain_name, load_key, row_id, split_id
from gateway.journal.decision import new_reference
from gateway.journal.heads import HeadFile, head_files, read_head


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_the_hash_is_hmac_sha256(secret: bytes, payload_digest: bytes) -> None:
    data = b"congthu row 1\0" + START + (5).to_bytes(8, "big") + payload_digest
    assert Key(secret).row(START, 5, payload_digest) == hmac.digest(secret, data, hashlib.sha256)


@given(st.integers(0, 2**22), st.integers(0, 2**40 - 1))
def test_a_rows_number_tells_chain_and_place(chain: int, seq: int) -> None:
    number = row_id(chain, seq)
    assert split_id(number) == (chain, seq)
    assert number < 2**63
    assert row_id(chain + 1, 0) > number


def test_the_key_is_made_once_and_only_for_us(tmp_path: Path) -> None:
    made = load_key(tmp_path, create=True)
    assert load_key(tmp_path, create=True).id == load_key(tmp_path).id == made.id
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_workers_that_start_together_have_one_key(tmp_path: Path) -> None:
    ids: list[str] = []
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        ids.append(load_key(tmp_path, create=True).id)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8
    assert len(set(ids)) == 1


def test_no_key_or_a_cut_one_is_said_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="no such file"):
        load_key(tmp_path)
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(StartError, match="5 bytes instead of 32"):
        load_key(tmp_path, create=True)


def test_a_head_is_read_as_it_was_written(tmp_path: Path) -> None:
    key = Key(b"k")
    head = HeadFile(tmp_path, "gw1-w0", key)
    head.announce(0)
    head.write(7, 41, b"h" * 32)
    head.close()
    (path,) = head_files(tmp_path)
    found = read_head(path, key)
    assert (found.chain, found.number, found.seq, found.hash) == ("gw1-w0", 7, 41, b"h" * 32)


def test_a_longer_record_leaves_nothing_of_the_one_before(tmp_path: Path) -> None:
    key = Key(b"k")
    head = HeadFile(tmp_path, "c", key)
    for seq in (10**11, 3):
        head.write(2**22, seq, b"h" * 32)
        assert read_head(tmp_path / "journal-heads" / "c.head", key).seq == seq
    head.close()


@pytest.mark.parametrize("change", [(b'"seq":41', b'"seq":40'), (b"gw1-w0", b"gw1-w1"), (b'"seal":"', b'"seal":"00')])
def test_an_edited_head_is_not_believed(tmp_path: Path, change: tuple[bytes, bytes]) -> None:
    key = Key(b"k")
    head = HeadFile(tmp_path, "gw1-w0", key)
    head.write(7, 41, b"h" * 32)
    head.close()
    (path,) = head_files(tmp_path)
    path.write_bytes(path.read_bytes().replace(*change))
    with pytest.raises(ValueError, match=r".*"):
        read_head(path, key)


def test_a_removed_head_file_is_made_again(tmp_path: Path) -> None:
    key = Key(b"k")
    head = HeadFile(tmp_path, "c", key)
    head.write(1, 1, START)
    (tmp_path / "journal-heads" / "c.head").unlink()
    head.write(1, 2, START)
    head.close()
    assert read_head(tmp_path / "journal-heads" / "c.head", key).seq == 2


@pytest.mark.parametrize("node", ["../../etc", "Máy 1/2", "", "a" * 500])
def test_a_chains_name_is_a_files_name(node: str) -> None:
    name = chain_name(node, 3, 1_790_000_000.0)
    assert "/" not in name
    assert not name.startswith(".")
    assert len(name) < 120
    assert name.isascii()


def test_a_reference_says_its_time_and_uses_every_letter() -> None:
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    made = [new_reference(1_790_000_000.123).replace("-", "") for _ in range(3000)]
    assert {sum(letters.index(c) << 5 * (8 - i) for i, c in enumerate(one[:9])) for one in made} == {1_790_000_000_123}
    assert all({one[place] for one in made} == set(letters) for place in range(9, 16))
    assert len(set(made)) == 3000


FORKED = """
import os
from gateway.journal.decision import new_reference
new_reference(1.0)  # from now on some are ready
if os.fork() == 0:
    print(*(new_reference(1.0) for _ in range(300)), flush=True)
    os._exit(0)
os.wait()
print(*(new_reference(1.0) for _ in range(300)))
"""


def test_a_forked_worker_does_not_use_its_parents_references() -> None:
    made = subprocess.run([sys.executable, "-c", FORKED], check=True, capture_output=True, text=True).stdout.split()
    assert len(set(made)) == len(made) == 600


def test_references_are_unique_ordered_and_easy_to_say() -> None:
    made = [new_reference(1_790_000_000 + i / 100) for i in range(1000)]
    assert len(set(made)) == 1000
    assert sorted(made) == made
    assert all(len(one) == 19 and not set(one) & set("ILOU") for one in made)
