"""The format stays as it was frozen, for this code and for a reader that shares nothing with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from casework.crypto import Binding, CryptoError, KeyWrong, fields
from casework.crypto.keystore import wrapping
from casework.crypto.keystore.providers import FileKeks

FOLDER = Path(__file__).parents[2] / "vectors"
FROZEN = json.loads((FOLDER / "sealed_v1.json").read_text(encoding="ascii"))
VECTORS = FROZEN["vectors"]


def key_of(vector: dict[str, Any]) -> fields.SealingKey:
    data_key = bytes.fromhex(FROZEN["data_keys"][vector["data_key"]])
    place_key = bytes.fromhex(FROZEN["place_keys"][vector["place_key"]])
    return fields.sealing_key(vector["key_version"], data_key, place_key)


def place_of(vector: dict[str, Any]) -> Binding:
    return Binding(vector["table"], vector["column"], UUID(vector["row"]), UUID(vector["owner"]))


@pytest.mark.promise(7)
@pytest.mark.parametrize("vector", [v for v in VECTORS if "text" in v], ids=lambda v: v["name"])
def test_a_frozen_field_is_read_and_written_as_ever(vector: dict[str, Any]) -> None:
    blob = bytes.fromhex(vector["blob"])
    assert fields.open_(blob, key_of(vector), place_of(vector)) == vector["text"]
    assert fields.seal_with(vector["typed"], key_of(vector), place_of(vector), blob[25:37]) == blob


@pytest.mark.promise(7)
@pytest.mark.parametrize("vector", [v for v in VECTORS if "error" in v], ids=lambda v: v["name"])
def test_a_frozen_refusal_is_the_same_as_ever(vector: dict[str, Any]) -> None:
    with pytest.raises(CryptoError) as refusal:
        fields.open_(bytes.fromhex(vector["blob"]), key_of(vector), place_of(vector))
    assert type(refusal.value).__name__ == vector["error"]


def read_independently(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-W", "error", str(FOLDER / "read_vectors.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.promise(7)
def test_an_independent_script_reads_all_vectors() -> None:
    done = read_independently()
    refusals = sum("error" in vector for vector in VECTORS)
    assert done.stdout == f"{len(VECTORS) - refusals} to read, {refusals} to refuse, 0 wrong\n"
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("change", [{"error": "KeyWrong"}, {"blob": "00"}, {"column": "said_by"}])
def test_the_independent_script_notices_a_difference(change: dict[str, str], tmp_path: Path) -> None:
    altered = tmp_path / "altered.json"
    vectors = [{**VECTORS[1], **change}, *VECTORS[2:]]
    altered.write_text(json.dumps({**FROZEN, "vectors": vectors}), encoding="ascii")
    assert read_independently(str(altered)).returncode == 1


def test_the_independent_script_is_short_and_imports_nothing_of_ours() -> None:
    lines = (FOLDER / "read_vectors.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 120
    assert not [line for line in lines if "import" in line.split() and "casework" in line]


def test_the_vectors_are_never_written_over(tmp_path: Path) -> None:
    before = (FOLDER / "sealed_v1.json").read_bytes()
    command = [sys.executable, str(FOLDER / "write_vectors.py")]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=FOLDER.parents[1], timeout=60
    )
    assert "FileExistsError" in done.stderr
    assert (FOLDER / "sealed_v1.json").read_bytes() == before


WRAPPED = json.loads((FOLDER / "wrapped_v1.json").read_text(encoding="ascii"))


def _wrapping(vector: dict[str, Any], folder: Path) -> tuple[FileKeks, bytes]:
    """The KEK of a vector as its file, and the place it is read at."""
    number = vector["kek_version"]
    (folder / f"kek-{number}.key").write_bytes(bytes.fromhex(WRAPPED["keks"][vector["kek"]]))
    if vector["kind"] == "data":
        return FileKeks(folder), wrapping.data_place(UUID(vector["owner"]), vector["version"], number)
    if vector["kind"] == "purpose":
        return FileKeks(folder), wrapping.purpose_place(vector["purpose"], number)
    return FileKeks(folder), wrapping.canary_place(number)


@pytest.mark.promise(7)
@pytest.mark.parametrize("vector", WRAPPED["vectors"], ids=lambda v: v["name"])
def test_a_frozen_wrapped_key_opens_or_is_refused_as_ever(vector: dict[str, Any], tmp_path: Path) -> None:
    keks, place = _wrapping(vector, tmp_path)
    wrapped = bytes.fromhex(vector["wrapped"])

    def opened() -> bytes:
        if vector["commitment"] is None:
            return keks.unwrap(vector["kek_version"], wrapped, place)
        seal = bytes.fromhex(vector["commitment"])
        return wrapping.unwrapped(keks, vector["kek_version"], wrapped, seal, place)

    if "key" in vector:
        assert opened().hex() == vector["key"]
    else:
        with pytest.raises(KeyWrong):
            opened()


@pytest.mark.promise(7)
def test_an_independent_script_opens_all_wrapped_vectors() -> None:
    command = [sys.executable, "-I", "-W", "error", str(FOLDER / "read_wrapped.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    refusals = sum("error" in vector for vector in WRAPPED["vectors"])
    assert done.stdout == f"{len(WRAPPED['vectors']) - refusals} to open, {refusals} to refuse, 0 wrong\n"
    assert (done.returncode, done.stderr) == (0, "")
