"""From a binary to the layouts worth trying, the surest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gctui.sources.inside.binary import ARCHITECTURES, GoBinary
from gctui.sources.inside.errors import CannotRead
from gctui.sources.inside.known import known_offsets, nearest_versions
from gctui.sources.inside.layout import (
    NEEDED_VARIABLES,
    STRUCTS,
    VARIABLES,
    Layout,
    Offsets,
    missing_members,
)

OLDEST = (1, 19)
_KIN_TRIED = 2
_INSTEAD = "build it without -ldflags=-s, or use its trace (gctui run, or a pipe)"


def layouts(binary: GoBinary) -> Iterator[Layout]:
    """Yield where this binary may keep its counters; raises CannotRead with the reason.

    DWARF and the table of released versions are sure. For a version that neither tells, the
    nearest ones are worth a try: what is read must add up.
    """
    minor = _readable_version(binary)
    offsets = dwarf_offsets(binary)
    if not missing_members(offsets):
        yield _layout(binary, offsets, "offsets from DWARF")
        return
    known = known_offsets(minor, binary.architecture)
    if known is not None:
        yield _layout(binary, _certain(known, binary), f"offsets known of Go {_text(minor)}")
        return
    failure: CannotRead | None = None
    for kin in nearest_versions(minor)[:_KIN_TRIED]:
        known = known_offsets(kin, binary.architecture)
        evidence = f"offsets of Go {_text(kin)}, tried and found to add up"
        try:
            guess = _layout(binary, _certain(known or {}, binary), evidence)
        except CannotRead as error:
            failure = error
            continue
        yield replace(guess, is_guess=True)
    if failure is not None:
        raise failure


def dwarf_offsets(binary: GoBinary) -> dict[str, tuple[int, int]]:
    """Return the offsets and sizes that DWARF tells, of the members that are read."""
    offsets = {}
    for struct, members in STRUCTS.items():
        found = binary.members(f"runtime.{struct}", members) or {}
        for name, member in found.items():
            offsets[f"{struct}.{name}" if name else struct] = (member.offset, member.size)
    return offsets


def _certain(known: Offsets, binary: GoBinary) -> Offsets:
    """Leave out what an experiment (`go1.25.1 X:greenteagc`) moves: nothing would show it."""
    if " X:" not in binary.build_info.go_version:
        return known
    return {name: place for name, place in known.items() if not name.startswith("workType.")}


def _layout(binary: GoBinary, offsets: Offsets, evidence: str) -> Layout:
    symbols = binary.symbols(VARIABLES)
    addresses: Mapping[str, int] = {name: symbol.address for name, symbol in symbols.items()}
    if NEEDED_VARIABLES - set(addresses):
        from gctui.sources.inside.stripped import find_addresses  # noqa: PLC0415 - seldom needed

        try:
            addresses = {**find_addresses(binary, offsets), **addresses}
        except CannotRead as error:
            raise CannotRead(f"{error}; {_INSTEAD}") from error
        evidence = f"no symbol table: variables found in the code; {evidence}"
    return Layout(
        go_version=binary.build_info.go_version,
        architecture=binary.architecture,
        program_header=binary.program_header,
        addresses=addresses,
        sizes={name: symbol.size for name, symbol in symbols.items()},
        offsets=offsets,
        evidence=evidence,
    )


def check_machine(binary: GoBinary) -> None:
    """Raise CannotRead where the program is for a machine that is not known."""
    if binary.architecture not in ARCHITECTURES.values():
        raise CannotRead(f"a program for {binary.architecture}: amd64 and arm64 can be read")


def _readable_version(binary: GoBinary) -> tuple[int, int]:
    info = binary.build_info
    if info.minor is not None and info.minor < OLDEST:
        raise CannotRead(
            f"built with {info.go_version}: the counters of Go 1.19 and later can be read; "
            "for this one use its trace (gctui run, or a pipe)"
        )
    check_machine(binary)
    return info.minor or nearest_versions((1, 99))[0]


def _text(minor: tuple[int, int]) -> str:
    return f"{minor[0]}.{minor[1]}"
