"""Where a running program keeps what is inlined where: go:func.*, which its moduledata points at.

Which word of the moduledata that is has changed from version to version; whether a word is it, the
trees that it leads to tell: each of them begins with a call of a function that has a name.
"""

from __future__ import annotations

from pathlib import Path

from gctui.sources.inside.binary import GoBinary
from gctui.sources.inside.errors import CannotRead, Gone
from gctui.sources.inside.functab import FunctionTable, ReadTree
from gctui.sources.inside.memory import ProcessMemory
from gctui.sources.inside.module_data import find_module

_CANDIDATES = range(34, 48)
"""Behind the variables' bounds, which have had the same place since Go 1.18."""
_WORD = 8


def find_trees(
    table: FunctionTable, image: Path, memory: ProcessMemory, bias: int
) -> ReadTree | None:
    """Return what reads the trees; None where they are not found. Raises Gone."""
    try:
        with GoBinary(image) as binary:
            begin = find_module(binary).address + bias + _CANDIDATES.start * _WORD
        for base in memory.words(begin, len(_CANDIDATES)):
            read_tree = _reader(memory, base)
            if base and table.are_trees(read_tree):
                return read_tree
    except Gone:
        raise
    except CannotRead:
        pass
    return None


def _reader(memory: ProcessMemory, base: int) -> ReadTree:
    def read(offset: int, size: int) -> bytes:
        try:
            return memory.read(base + offset, size)
        except Gone:
            raise
        except CannotRead:
            return b""

    return read
