"""The function table against the runtime's and the toolchain's own reading of it, and damaged."""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.sources.inside.functab import Function, FunctionTable, FunctionTableError
from tests.go_toolchain import compiled, go_command

PROGRAM = Path(__file__).parent / "programs" / "sites.go"
CREATED = re.compile(
    r"^created by (.+?)(?: in goroutine \d+)?\n\t(.+):(\d+) \+0x([0-9a-f]+)$", re.M
)
# Places, not functions.
MARKS = {"runtime.text", "runtime.etext"}
TEXT = 0x401000


@dataclass(frozen=True)
class Sites:
    """The compiled program: its table, what the toolchain knows of it, and what it printed."""

    table: FunctionTable
    functions: dict[int, str]
    output: str


def shown(name: str) -> str:
    return re.sub(r"\[.*\]", "[...]", name)


def plain(function: Function) -> str:
    # `go tool nm` has another dot where the name of a local type has its number.
    return function.name.replace("·", ".")


def function_symbols(go: str, binary: Path) -> dict[str, int]:
    listing = subprocess.run([go, "tool", "nm", binary], capture_output=True, check=True).stdout
    found = re.findall(r"^ *([0-9a-f]+) [Tt] (.+)$", listing.decode(), re.M)
    return {name: int(address, 16) for address, name in found}


def table_section(binary: Path) -> bytes:
    with binary.open("rb") as file:
        names = (".gopclntab", ".data.rel.ro.gopclntab")
        sections = map(ELFFile(file).get_section_by_name, names)
        return next(bytes(section.data()) for section in sections if section is not None)


def minor_version(go: str) -> int:
    version = subprocess.run([go, "version"], capture_output=True, check=True, text=True).stdout
    found = re.search(r"go1\.(\d+)", version)
    assert found
    return int(found[1])


@pytest.fixture(scope="module")
def sites() -> Sites:
    go, binary = go_command(), compiled(PROGRAM)
    symbols = function_symbols(go, binary)
    output = subprocess.run([binary], capture_output=True, check=True, text=True).stdout
    return Sites(
        FunctionTable(
            memoryview(table_section(binary)),
            symbols["runtime.text"],
            shorten_once=minor_version(go) < 27,
        ),
        {at: name.removesuffix(".abi0") for name, at in symbols.items() if name not in MARKS},
        output,
    )


def test_every_symbol_is_a_function_and_every_function_a_symbol(sites: Sites) -> None:
    wrong = []
    for at, name in sites.functions.items():
        function = sites.table.function_at(at)
        # Old linkers shorten the names that they write into the table.
        if function is None or function.entry != at or plain(function) not in (name, shown(name)):
            wrong.append((at, name, function))
    assert not wrong
    assert len(sites.table) == len(sites.functions)


def test_the_lines_are_the_ones_that_the_running_program_knows(sites: Sites) -> None:
    lines = [line.split("\t")[1:] for line in sites.output.splitlines() if line.startswith("pc\t")]
    assert len(lines) > 1000
    names: dict[int, set[str]] = {}
    for pc, entry, name, file, line in lines:
        # The padding behind a function belongs to it, but to no line.
        expected = None if file == "?" else (file, int(line))
        assert sites.table.line_at(int(pc, 16)) == expected
        function = sites.table.function_at(int(pc, 16))
        assert function is not None
        assert function.entry == int(entry, 16)
        names.setdefault(function.entry, set()).add(name)
    # Of inlined code the runtime tells the inlined function's name, but not at every address.
    own = {at: name for at, name in sites.functions.items() if name.startswith("main.")}
    assert all(shown(name) in names[at] for at, name in own.items() if at in names)
    assert len(own.keys() & names.keys()) > 20


def test_no_name_is_paired_with_the_line_of_what_is_inlined(sites: Sites) -> None:
    """Without the trees, which a file of the table alone does not have."""
    lines = [line.split("\t")[1:] for line in sites.output.splitlines() if line.startswith("pc\t")]
    places = [(int(pc, 16), name, file) for pc, _, name, file, _ in lines if file != "?"]
    inlined = 0
    for pc, name, file in places:
        # The address that a call of one byte would return to.
        (frame,) = sites.table.frames_at(pc + 1)
        own = sites.table.function_at(pc)
        assert own is not None
        if frame.file:
            assert frame.file == file
        else:
            inlined += 1
            assert frame.function == shown(own.name)
            assert frame.line == 0
        if name not in (own.name, shown(own.name)):
            assert not frame.file
    assert 10 < inlined < len(places) - 100


def test_creators_are_as_in_the_traceback(sites: Sites) -> None:
    entries: dict[str, list[int]] = {}
    for at, name in sites.functions.items():
        entries.setdefault(shown(name), []).append(at)
    created = [found.groups() for found in CREATED.finditer(sites.output)]
    assert len([name for name, *_ in created if name.startswith("main.")]) == 13
    for name, file, line, offset in created:
        found = [sites.table.creation_site(at + int(offset, 16)) for at in entries[name]]
        assert (name, file, int(line)) in found
    assert {("elsewhere.go", "1000"), ("sites.go", "1001")} <= {
        (Path(file).name, line) for _, file, line, _ in created
    }


def test_functions_are_found_by_name(sites: Sites) -> None:
    # Assembly and the wrapper for it have one name.
    names = [name for name in sites.functions.values() if not re.search(r"\[|\.\d+$", name)]
    once = {name for name in names if names.count(name) == 1}
    found = sites.table.functions_named([*once, "main.nowhere", "unknown", ""])
    assert {name: entry for name, (entry, _) in found.items()} == {
        name: at for at, name in sites.functions.items() if name in once
    }
    for name, (entry, end) in found.items():
        assert sites.table.function_at(end - 1) == Function(name, entry)
        assert sites.table.function_at(end) != Function(name, entry)


def test_outside_the_text_there_is_nothing(sites: Sites) -> None:
    low = min(sites.functions)
    last = sites.table.function_at(max(sites.functions))
    assert last is not None
    _, end = sites.table.functions_named([last.name])[last.name]
    assert sites.table.function_at(end - 1) == last
    for pc in (0, -1, low - 1, end, 1 << 32, 1 << 63, 1 << 64):
        assert sites.table.function_at(pc) is None
        assert sites.table.line_at(pc) is None
        assert sites.table.creation_site(pc) is None


def table_of(
    names: Sequence[str] = ("main.main", "main.work", "main.rest"),
    *,
    lines: bytes = bytes([22, 8, 4, 8, 0]),
    quantum: int = 1,
) -> bytes:
    """Make a table of functions of 16 bytes each, all in the second of two files."""
    encoded = [name.encode() + b"\0" for name in names]
    name_offsets = list(accumulate(map(len, encoded), initial=0))
    texts = b"".join(encoded)
    units = struct.pack("<2I", 0, 5)
    files = b"a.go\0b.go\0"
    values = b"\0" + bytes([4, 16, 0]) + lines
    end = len(names) * 8 + 8
    starts = [word for index in range(len(names)) for word in (index * 16, end + index * 40)]
    functions = struct.pack(f"<{len(starts) + 2}I", *starts, len(names) * 16, 0)
    for index in range(len(names)):
        functions += struct.pack("<10I", index * 16, name_offsets[index], 0, 0, 0, 1, 4, 0, 0, 0)
    parts = (texts, units, files, values)
    offsets = list(accumulate(map(len, parts), initial=72))
    header = struct.pack("<I4B8Q", 0xFFFFFFF1, 0, 0, quantum, 8, len(names), 2, 0, *offsets)
    return header + b"".join(parts) + functions


@pytest.mark.parametrize("quantum", [1, 4])
def test_a_creator_is_looked_up_inside_the_call(quantum: int) -> None:
    """The line changes at the address that `go` returns to; at the entry there is no call yet."""
    values = bytes([22, 8 // quantum, 4, 8 // quantum, 0])
    table = FunctionTable(table_of(lines=values, quantum=quantum), TEXT)
    assert table.function_at(TEXT + 31) == Function("main.work", TEXT + 16)
    assert [table.line_at(TEXT + 16 + at) for at in (0, 7, 8, 15)] == [
        ("b.go", 10),
        ("b.go", 10),
        ("b.go", 12),
        ("b.go", 12),
    ]
    assert table.creation_site(TEXT + 24) == ("main.work", "b.go", 10)
    assert table.creation_site(TEXT + 24 + quantum) == ("main.work", "b.go", 12)
    assert table.creation_site(TEXT + 16) == ("main.work", "b.go", 10)


@pytest.mark.parametrize(
    ("name", "since_1_27", "before"),
    [
        ("main.f[go.shape.int].func1", "main.f[...].func1", "main.f[...].func1"),
        ("main.f[go.shape.[]int].func1", "main.f[...].func1", "main.f[...].func1"),
        ("main.(*T[int]).m[[]string].1", "main.(*T[...]).m[...].1", "main.(*T[...].1"),
        ("a.T[int].m[b[c]].n[d].1", "a.T[...].m[...].1", "a.T[...].1"),
        ("a[b]c]d[e]f", "a[b]c]d[e]f", "a[...]f"),
        ("a[b[c]d", "a[b[c]d", "a[...]d"),
        ("a]b[c", "a]b[c", "a]b[c"),
    ],
)
def test_type_arguments_are_shortened(name: str, since_1_27: str, before: str) -> None:
    data = table_of([name])
    for shorten_once, shown in ((False, since_1_27), (True, before)):
        table = FunctionTable(data, TEXT, shorten_once=shorten_once)
        assert table.creation_site(TEXT + 9) == (shown, "b.go", 12)
        assert table.function_at(TEXT + 9) == Function(name, TEXT)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(b"", id="cut off"),
        pytest.param(b"\x80" * 64, id="a number without an end"),
        pytest.param(b"\x02\x00" * (1 << 20), id="an address that never moves"),
        pytest.param(bytes([2, 4, 0]), id="ends before the address"),
        pytest.param(bytes([3, 8, 4, 8, 0]), id="a negative line"),
    ],
)
def test_a_damaged_line_table_has_no_line(lines: bytes) -> None:
    table = FunctionTable(table_of(lines=lines), TEXT)
    assert table.line_at(TEXT + 6) is None
    assert table.function_at(TEXT + 6) is not None


def changed(at: int, layout: str, value: int) -> bytes:
    data = bytearray(table_of())
    struct.pack_into(layout, data, at, value)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(table_of()[:71], id="half a header"),
        pytest.param(table_of()[:100], id="cut off"),
        pytest.param(changed(0, "<I", 0xFFFFFFFA), id="Go 1.16"),
        pytest.param(changed(0, ">I", 0xFFFFFFF1), id="big endian"),
        pytest.param(changed(4, "B", 1), id="padding"),
        pytest.param(changed(6, "B", 2), id="another machine"),
        pytest.param(changed(7, "B", 4), id="32 bits"),
        pytest.param(changed(8, "<Q", 1 << 40), id="more functions than bytes"),
        pytest.param(changed(32, "<Q", 8), id="names in the header"),
        pytest.param(changed(64, "<Q", 1 << 63), id="functions outside"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(FunctionTableError):
        FunctionTable(data, TEXT)


SOUND = table_of()
ODD_NUMBERS = st.one_of(
    st.sampled_from([0, 1, 4, 0x7F, 0x80, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000]),
    st.integers(0, len(SOUND)),
    st.integers(0, 0xFFFFFFFF),
)


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.tuples(st.integers(8, len(SOUND) - 4), ODD_NUMBERS), max_size=8),
    st.integers(72, len(SOUND)) | st.just(len(SOUND)),
    st.lists(st.integers(-1, 64) | st.sampled_from([1 << 32, 1 << 64]), min_size=4),
)
def test_no_damage_is_an_error(damage: list[tuple[int, int]], size: int, places: list[int]) -> None:
    data = bytearray(SOUND)
    for at, value in damage:
        struct.pack_into("<I", data, at, value)

    def tree_at(offset: int, size_bytes: int) -> bytes:
        return bytes(data[offset : offset + size_bytes])

    try:
        table = FunctionTable(memoryview(data)[:size], TEXT, find_trees=lambda _: tree_at)
    except FunctionTableError:
        return
    assert table.are_trees(tree_at) in (False, True)
    for place in places:
        pc = TEXT + place
        frames = table.frames_at(pc)
        assert len(frames) < 100
        assert all(frame.line >= 0 for frame in frames)
        function, line, site = table.function_at(pc), table.line_at(pc), table.creation_site(pc)
        assert function is None or function.entry <= pc
        assert line is None or line[1] >= 0
        assert site is None or function is not None
    names = ["main.main", "main.work", "x", ""]
    found = table.functions_named(names)
    assert found.keys() <= set(names)
    assert all(entry >= TEXT for entry, _ in found.values())
