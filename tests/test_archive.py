"""Archives as they are handed in: read in memory like a folder, or refused in a sentence."""

import bz2
import gzip
import io
import lzma
import os
import stat
import tarfile
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness import archive, submission
from harness.archive import BadArchive, members
from harness.batch.discover import discover
from harness.submission import Unreadable, read

CODE = b"def rnn_forward(x): return x\n"
FILES = {"hw 1/rnn-layers.py": CODE, "hw 1/cs231n/__init__.py": b"", "hw 1/donn\u00e9es.txt": b"1 2 3\n"}


def zipped(files, method=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # duplicate names are meant
        for name, data in files.items() if isinstance(files, dict) else files:
            made.writestr(name, data)
    return target.getvalue()


def tarred(files, mode="w"):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as made:
        for name, data in files.items() if isinstance(files, dict) else files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
    return target.getvalue()


def special(kind, linkname="/etc/passwd"):
    """A tar with code, and one entry that is no plain file."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as made:
        info = tarfile.TarInfo("rnn.py")
        info.size = len(CODE)
        made.addfile(info, io.BytesIO(CODE))
        odd = tarfile.TarInfo("odd.py")
        odd.type, odd.linkname = kind, linkname
        made.addfile(odd)
    return target.getvalue()


def symlink_zip():
    info = zipfile.ZipInfo("odd.py")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped([("rnn.py", CODE), (info, b"/etc/passwd")])


def encrypted_zip():
    """A zip whose only entry is marked as encrypted, in both of its headers."""
    data = bytearray(zipped({"rnn.py": CODE}))
    data[data.index(b"PK\3\4") + 6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


@pytest.fixture
def handed_in(tmp_path):
    def make(data, name="hw.zip"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    return make


def names(found):
    return sorted(file.name for file in found.files)


def refused(path):
    with pytest.raises(Unreadable) as error:
        read(path)
    return str(error.value)


# what is read

MADE = {
    "hw.zip": zipped(FILES),
    "HW.ZIP": zipped(FILES, zipfile.ZIP_STORED),
    "bz.zip": zipped(FILES, zipfile.ZIP_BZIP2),
    "hw.tar": tarred(FILES),
    "hw.tar.gz": tarred(FILES, "w:gz"),
    "hw.tgz": tarred(FILES, "w:gz"),
    "hw.tar.bz2": tarred(FILES, "w:bz2"),
    "hw.tar.xz": tarred(FILES, "w:xz"),
    "a zip called.tar.gz": zipped(FILES),
    "a tar called.zip": tarred(FILES),
    "a zip called.py": zipped(FILES),
}


@pytest.mark.parametrize("name", MADE)
def test_an_archive_is_read_like_the_folder_it_was_made_of(name, handed_in, tmp_path):
    for file, data in FILES.items():
        path = tmp_path / "folder" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    found, folder = read(handed_in(MADE[name], name)), read(tmp_path / "folder")
    assert {f.name: f.data for f in found.files} == FILES
    assert found.sha256 == folder.sha256


def test_nothing_is_written_by_reading(handed_in, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = handed_in(MADE["hw.tar.gz"], "hw.tar.gz")
    read(path)
    assert list(tmp_path.rglob("*")) == [path]


@pytest.mark.parametrize(
    ("name", "id"),
    [("hw.tar.gz", "hw"), ("hw.v2.tgz", "hw.v2"), ("ann lee.zip", "ann lee"), ("HW.TAR.XZ", "HW")],
)
def test_it_is_called_by_its_name_without_the_suffix(name, id, handed_in):
    assert read(handed_in(zipped({"rnn.py": CODE}), name)).id == id


def test_hidden_files_caches_and_environments_are_passed_over_links_in_them_too(handed_in):
    link = tarfile.TarInfo("hw/env/bin/python")
    link.type, link.linkname = tarfile.SYMTYPE, "/usr/bin/python3"
    target = io.BytesIO(
        tarred(
            {
                "./hw/rnn.py": CODE,
                "./hw/.git/config.py": b"",
                "__MACOSX/hw/._rnn.py": b"\0",
                "hw/__pycache__/rnn.py": b"",
                "hw/env/pyvenv.cfg": b"",
                "hw/env/lib/thing.py": b"",
            }
        )
    )
    with tarfile.open(fileobj=target, mode="a") as made:
        made.addfile(link)
    found = read(handed_in(target.getvalue(), "hw.tar"))
    assert names(found) == ["hw/rnn.py"]


def test_large_and_binary_files_are_left_out_and_named_as_in_a_folder(handed_in):
    big = b"x" * (submission.MAX_FILE + 1)
    for make, name in ((zipped, "hw.zip"), (tarred, "hw.tar")):
        found = read(handed_in(make({"rnn.py": CODE, "weights.npy": b"\x93NUMPY\0", "log.txt": big}), name))
        assert names(found) == ["rnn.py"]
        assert set(found.left_out) == {"weights.npy", "log.txt"}


def test_names_from_windows_and_from_macos_are_understood(handed_in):
    made = zipped({"hw\\rnn.py": CODE, "hw/caf\u00e9.py": CODE})
    unmarked = bytearray(made)
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):  # macOS writes UTF-8 and does not say so
        start = -1
        while (start := unmarked.find(magic, start + 1)) >= 0:
            unmarked[start + offset + 1] &= ~0x08 & 0xFF
    assert names(read(handed_in(bytes(unmarked)))) == ["hw/caf\u00e9.py", "hw/rnn.py"]


# archives in folders and in archives


@pytest.mark.parametrize("outer", ["folder", "zip"])
def test_an_archive_inside_is_read_where_there_is_no_python_otherwise(outer, handed_in):
    inner = {"again.zip": zipped({"rnn.py": CODE}), "note.txt": b"see the zip"}
    if outer == "zip":
        found = read(handed_in(zipped(inner)))
    else:
        for name, data in inner.items():
            path = handed_in(data, f"student/{name}")
        found = read(path.parent)
        assert found.id == "student"
    assert names(found) == ["again/rnn.py"]


def test_an_archive_beside_python_files_is_left_out(handed_in):
    handed_in(CODE, "student/rnn.py")
    folder = handed_in(zipped({"old.py": CODE}), "student/backup.zip").parent
    found = read(folder)
    assert (names(found), found.left_out) == (["rnn.py"], ("backup.zip",))


def test_it_goes_one_level_deep_and_no_further(handed_in):
    deep = zipped({"b.zip": zipped({"c.zip": zipped({"rnn.py": CODE})})})
    assert "holds no Python file" in refused(handed_in(deep))


def test_two_archives_inside_keep_apart(handed_in):
    for name in ("a.zip", "a.tgz", "b.zip"):
        path = handed_in(zipped({"rnn.py": CODE}), f"student/{name}")
    assert names(read(path.parent)) == ["a.tgz/rnn.py", "a.zip/rnn.py", "b/rnn.py"]


def test_a_broken_archive_inside_is_named(handed_in):
    folder = handed_in(zipped({"rnn.py": CODE})[:-30], "student/again.zip").parent
    assert refused(folder).startswith("student: again.zip: it is damaged or cut short")


def test_archives_in_a_batch_are_submissions(handed_in, tmp_path):
    for name in ("s01.zip", "s02.tar.gz", "s03.py", "s04.zip", "s04.tar.gz"):
        handed_in(b"", name)
    assert [e.id for e in discover(tmp_path).entries] == ["s01", "s02", "s03", "s04.tar.gz", "s04.zip"]


# what is refused

REFUSED = {
    "absolute": (zipped({"/etc/evil.py": CODE}), "'/etc/evil.py' leads out"),
    "upwards": (zipped({"a/../../evil.py": CODE}), "'a/../../evil.py' leads out"),
    "upwards in a tar": (tarred({"../evil.py": CODE}), "'../evil.py' leads out"),
    "upwards as on Windows": (zipped({"..\\evil.py": CODE}), "'../evil.py' leads out"),
    "a drive": (zipped({"C:\\evil.py": CODE}), "leads out"),
    "a link out": (special(tarfile.SYMTYPE), "'odd.py' is a link or a device"),
    "a link within": (special(tarfile.SYMTYPE, "rnn.py"), "'odd.py' is a link or a device"),
    "a hard link": (special(tarfile.LNKTYPE, "rnn.py"), "'odd.py' is a link or a device"),
    "a device": (special(tarfile.CHRTYPE), "'odd.py' is a link or a device"),
    "a pipe": (special(tarfile.FIFOTYPE), "'odd.py' is a link or a device"),
    "a link in a zip": (symlink_zip(), "'odd.py' is a link or a device"),
    "encrypted": (encrypted_zip(), "'rnn.py' is encrypted"),
    "twice": (zipped([("rnn.py", CODE), ("rnn.py", b"x = 1")]), "'rnn.py' twice"),
    "twice in other words": (tarred([("rnn.py", CODE), ("./rnn.py", b"x = 1")]), "'rnn.py' twice"),
    "file and folder": (zipped({"a": b"", "a/rnn.py": CODE}), "'a' is a file and a folder"),
    "no name": (tarred({"": b"x", "rnn.py": CODE}), "'.' is a file and a folder"),
    "a name too long": (zipped({"x" * 300 + ".py": CODE}), "too long"),
    "cut short zip": (zipped(FILES)[:-40], "damaged or cut short"),
    "cut short tar": (tarred(FILES)[:700], "damaged or cut short"),
    "cut at a block": (tarred(FILES)[:1024], "damaged or cut short"),
    "cut short gz": (tarred(FILES, "w:gz")[:-20], "damaged or cut short"),
    "cut short xz": (tarred(FILES, "w:xz")[:-20], "damaged or cut short"),
    "gz of something else": (gzip.compress(CODE), "no archive that can be read"),
    "xz of something else": (lzma.compress(CODE), "no archive that can be read"),
    "bz2 of something else": (bz2.compress(CODE), "no archive that can be read"),
    "text": (CODE, "no archive that can be read"),
    "nothing": (b"", "no archive that can be read"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(40), "7z archive; expected a .zip or .tar.gz"),
    "rar": (b"Rar!\x1a\x07" + bytes(40), "rar archive; expected a .zip or .tar.gz"),
    "lzma in a zip": (zipped(FILES, zipfile.ZIP_LZMA), "compressed in a way that is not read"),
    "empty zip": (zipped({}), "holds no Python file"),
    "empty tar": (tarred({}), "holds no Python file"),
    "no code": (zipped({"notes.txt": b"later"}), "holds no Python file"),
    "a huge file of code": (zipped({"rnn.py": b" " * (3 << 20)}), "rnn.py: is larger than 2 MiB"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_said_with_the_entry(case, handed_in):
    data, says = REFUSED[case]
    told = refused(handed_in(data))
    assert told.startswith(("hw.zip: ", "rnn.py: "))
    assert says in told


def test_a_damaged_byte_of_a_file_is_found(handed_in):
    data = zipped({"rnn.py": CODE}, zipfile.ZIP_STORED).replace(b"return x", b"return y")
    assert "'rnn.py' is damaged" in refused(handed_in(data))


def test_a_broken_header_is_no_end(handed_in):
    data = bytearray(tarred({"a.py": CODE, "b.py": CODE}))
    data[1024 + 100] ^= 1  # in the second header
    assert "damaged or cut short" in refused(handed_in(bytes(data), "hw.tar"))


def test_the_first_bytes_of_source_code_are_no_archive():
    for text in (b"BZh = 3\n", b"import numpy\n", b"", b"PK = 1", b"# ustar\n" * 40):
        assert not archive.is_archive(text)


# bombs


def test_sizes_are_counted_and_not_believed(monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED", 100_000)
    bomb = tarred({"zeros.py": bytes(200_000)}, "w:gz")
    with pytest.raises(BadArchive, match="unpacks to more than"):
        members(bomb)
    many = members(zipped({f"{i}.py": bytes(40_000) for i in range(3)}))
    with pytest.raises(BadArchive, match="unpacks to more than"):
        [member.read(1 << 20) for member in many]


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_no_more_than_the_bound_is_decompressed(compress, monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1 << 26)
    with pytest.raises(BadArchive, match="unpacks to more than 64 MiB"):
        members(compress(bytes((1 << 26) + 1)))


def test_no_more_of_a_member_is_read_than_asked_for():
    (member,) = members(zipped({"zeros.txt": bytes(1 << 20)}))
    assert (member.size, len(member.read(1000))) == (1 << 20, 1000)


def test_a_zip_that_lies_about_a_size_is_damaged():
    data = bytearray(zipped({"rnn.py": bytes(100_000)}))
    for magic, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = data.index(magic) + offset
        data[at : at + 4] = (10).to_bytes(4, "little")
    (member,) = members(bytes(data))
    with pytest.raises(BadArchive, match="damaged"):
        member.read(1 << 20)


@pytest.mark.parametrize("make", [zipped, tarred])
def test_too_many_entries_are_refused(make, monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    assert len(members(make({f"{i}.py": b"" for i in range(3)}))) == 3
    with pytest.raises(BadArchive, match="more than 3 files"):
        members(make({f"{i}.py": b"" for i in range(4)}))


def test_too_large_an_archive_is_not_read(handed_in, monkeypatch):
    monkeypatch.setattr(archive, "MAX_PACKED", 50)
    assert "is larger than" in refused(handed_in(zipped(FILES)))


def test_a_file_of_200_mb_is_refused_without_being_read(tmp_path):
    for name in ("hw.zip", "hw.py"):
        with open(tmp_path / name, "wb") as file:
            file.truncate(200 << 20)
        assert "is larger than" in refused(tmp_path / name)


# whatever the bytes

SMALL = {"a/rnn.py": CODE, "a/notes.txt": b"hello", "b.py": b"x = 1\n"}
SAMPLES = [
    zipped(SMALL),
    zipped(SMALL, zipfile.ZIP_STORED),
    tarred(SMALL),
    *(tarred(SMALL, mode) for mode in ("w:gz", "w:bz2", "w:xz")),
]


def pax():
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as made:
        info = tarfile.TarInfo("\u00e9" * 90 + ".py")
        info.size = len(CODE)
        made.addfile(info, io.BytesIO(CODE))
    return target.getvalue()


def gnu():
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as made:
        info = tarfile.TarInfo("x" * 150 + ".py")
        info.size = len(CODE)
        made.addfile(info, io.BytesIO(CODE))
    return target.getvalue()


@pytest.mark.parametrize(("make", "name"), [(pax, "\u00e9" * 90 + ".py"), (gnu, "x" * 150 + ".py")])
def test_long_and_foreign_names_in_a_tar_are_read(make, name, handed_in):
    found = read(handed_in(make(), "hw.tar"))
    assert [(file.name, file.data) for file in found.files] == [(name, CODE)]


def test_a_header_made_to_cost_time_is_only_broken():
    info = tarfile.TarInfo("rnn.py")
    info.pax_headers = {"comment": "x" * 1_000_000}
    spoilt = info.tobuf(tarfile.PAX_FORMAT).replace(b"comment=" + b"x" * 1_000_000, b"1" * 1_000_008)
    assert [member.name for member in members(spoilt + bytes(1024))] == ["rnn.py"]
    with pytest.raises(BadArchive, match="a pax header is broken"):
        members(spoilt[:512] + b"1" * 20 + spoilt[532:] + bytes(1024))


@st.composite
def damaged(draw):
    data = bytearray(draw(st.sampled_from([*SAMPLES, pax(), gnu()])))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data) - 1) | st.integers(max(0, len(data) - 120), len(data) - 1))
        put = draw(st.binary(min_size=1, max_size=12))
        data[at : at + len(put)] = put
    return bytes(data[: draw(st.integers(0, len(data)) | st.just(len(data)))])


@settings(max_examples=300, deadline=None)
@given(damaged(), st.sampled_from(["hw.zip", "hw.tar.gz", "hw.py"]))
@example(b"", "hw.zip")
def test_damaged_bytes_are_read_or_refused_and_nothing_else(tmp_path_factory, data, name):
    path = Path(tmp_path_factory.getbasetemp()) / name
    path.write_bytes(data)
    try:
        found = read(path).files
    except Unreadable:
        found = ()
    for file in found:
        assert not os.path.isabs(file.name)
        assert ".." not in Path(file.name).parts
