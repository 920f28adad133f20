"""Where the runtime's variables are in a binary without symbols (`-ldflags=-s`), by its code.

The function table stays in every binary: tracebacks need it. It leads to the runtime's functions,
and their instructions hold the variables' addresses. Which of them belong to which variable, its
members' offsets tell: in runtime.(*mheap).freeSpanLocked there are gcController.heapInUse and
gcController.heapFree, and only one beginning of gcController explains both. An address counts as
found if nearly every known place agrees on it and no other one comes near.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gctui.sources.inside.binary import GoBinary
from gctui.sources.inside.code_references import REFERENCES
from gctui.sources.inside.errors import CannotRead
from gctui.sources.inside.functab import FunctionTable, FunctionTableError
from gctui.sources.inside.landmarks import PLAIN_OFFSETS, VARIABLES, Variable
from gctui.sources.inside.layout import NEEDED_VARIABLES, Offsets
from gctui.sources.inside.module_data import Module, find_module

_QUORUM = 0.75
_MOST_OF_ANOTHER = 0.5
_LEAST_OF_MEMBER = 0.5
_LARGEST_FUNCTION = 1 << 16


def find_addresses(binary: GoBinary, offsets: Offsets) -> dict[str, int]:
    """Return the addresses of the variables found, by the file's own addresses.

    Raises CannotRead where one that is needed cannot be told for certain.
    """
    module = find_module(binary)
    references = _references(binary, module)
    addresses = {"runtime.text": module.text_start}
    for name, variable in VARIABLES.items():
        region = module.pointers if variable.has_pointers else module.no_pointers
        try:
            landmarks = tuple(_landmarks(variable, offsets, references))
            addresses[name] = _elect(variable, landmarks, region)
        except _Undecided as undecided:
            if name in NEEDED_VARIABLES:
                raise CannotRead(
                    f"no symbol table, and {name} cannot be told from the code: {undecided}; "
                    "a build without -ldflags=-s can be read"
                ) from undecided
    return addresses


class _Undecided(Exception):
    """No address, or more than one."""


@dataclass(frozen=True, slots=True)
class _Landmark:
    """A member of a variable, and all addresses that a function refers to: one is the member's."""

    member: str
    offset: int
    addresses: frozenset[int]


def _landmarks(
    variable: Variable, offsets: Offsets, references: Mapping[str, frozenset[int]]
) -> Iterator[_Landmark]:
    known = {**PLAIN_OFFSETS, **offsets, f"{variable.struct}.": (0, 0)}
    for functions, members in variable.landmarks.items():
        of_each = (references.get(name, frozenset()) for name in functions.split("|"))
        addresses = frozenset[int]().union(*of_each)
        for member in members:
            offset, _ = known.get(f"{variable.struct}.{member}", (None, 0))
            if offset is not None:
                yield _Landmark(member, offset, addresses)


def _elect(variable: Variable, landmarks: Sequence[_Landmark], region: range) -> int:
    """Return the address that explains what the landmarks refer to."""
    votes = Counter(
        base
        for landmark in landmarks
        for base in (address - landmark.offset for address in landmark.addresses)
        if base in region and base % variable.alignment == 0
    )
    (winner, count), (_, second) = (*votes.most_common(2), (0, 0), (0, 0))[:2]
    if count == 0 or count < _QUORUM * len(landmarks):
        raise _Undecided(f"at most {count} of {len(landmarks)} known places agree")
    if second > _MOST_OF_ANOTHER * count:
        raise _Undecided(f"{count} known places speak for one address, {second} for another")
    # A member that hardly anything refers to is elsewhere: the offsets are another version's.
    places = Counter(each.member for each in landmarks)
    seen = Counter(each.member for each in landmarks if winner + each.offset in each.addresses)
    unseen = [member for member in places if seen[member] < _LEAST_OF_MEMBER * places[member]]
    if unseen:
        raise _Undecided(f"{', '.join(unseen)} is not where it should be")
    return winner


def _references(binary: GoBinary, module: Module) -> dict[str, frozenset[int]]:
    """Return which variables' addresses the code of each landmark holds."""
    names = {
        f"runtime.{name}": name
        for variable in VARIABLES.values()
        for names in variable.landmarks
        for name in names.split("|")
    }
    try:
        table = FunctionTable(module.function_table.data, module.text_start)
    except FunctionTableError as error:
        raise CannotRead(f"no symbol table, and no function table: {error}") from error
    decode = REFERENCES[binary.architecture]
    found = {}
    for name, (entry, end) in table.functions_named(names).items():
        code = binary.read_at(entry, max(0, min(end - entry, _LARGEST_FUNCTION)))
        addresses = decode(code, entry)
        found[names[name]] = frozenset(
            address
            for address in addresses
            if address in module.pointers or address in module.no_pointers
        )
    return found
