"""The addresses that a function's instructions hold, without decoding all of what they do."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator

# The byte before a displacement says that it counts from the next instruction (mod 0, r/m 5).
_AMD64_OPERAND = re.compile(rb"(?s)(?=[\x05\x0d\x15\x1d\x25\x2d\x35\x3d](....))")
_AMD64_TWO_BYTES = 0x0F
_AMD64_IMMEDIATES = {
    **dict.fromkeys((0x6B, 0x80, 0x83, 0xC0, 0xC1, 0xC6), 1),
    **dict.fromkeys((0x69, 0x81, 0xC7), 4),
}


def _amd64_references(code: bytes, address: int) -> Iterator[int]:
    """Yield what may be an operand relative to the instruction pointer.

    Where instructions begin is not decoded: what is taken for an operand and is none leads to a
    place that nothing else speaks for.
    """
    for found in _AMD64_OPERAND.finditer(code):
        begin = found.start()
        end = address + found.end(1)
        yield end + _amd64_immediate(code, begin) + int.from_bytes(found[1], "little", signed=True)


def _amd64_immediate(code: bytes, operand: int) -> int:
    """Return the size of the number that follows the displacement, by the opcode before it."""
    before, opcode = code[operand - 2 : operand] if operand > 1 else b"\0\0"
    if before == _AMD64_TWO_BYTES:
        return 0
    # TEST alone of its group has one.
    if opcode in (0xF6, 0xF7) and code[operand] == 0x05:
        return 1 if opcode == 0xF6 else 4
    return _AMD64_IMMEDIATES.get(opcode, 0)


def _arm64_references(code: bytes, address: int) -> Iterator[int]:
    """Yield the addresses that ADRP and what follows it make or use."""
    registers: dict[int, int] = {}
    words = array("I", code[: len(code) // 4 * 4])
    for place, word in zip(range(address, address + len(code), 4), words, strict=False):
        target, base = word & 31, word >> 5 & 31
        if word & 0x1F000000 == 0x10000000:
            registers[target] = _arm64_page(word, place)
        elif _arm64_leaves(word):
            registers.clear()
        else:
            used = [] if base not in registers else _arm64_used(word, registers[base])
            yield from used
            if word & 0xFF800000 == 0x91000000 and used:
                registers[target] = used[0]
            elif not _arm64_stores(word):
                registers.pop(target, None)


def _arm64_page(word: int, place: int) -> int:
    """Return the result of ADR and ADRP."""
    distance = _signed((word >> 5 & 0x7FFFF) << 2 | word >> 29 & 3, 21)
    return (place & ~0xFFF) + (distance << 12) if word >> 31 else place + distance


def _arm64_leaves(word: int) -> bool:
    """B, BL, and the jumps to a register's address."""
    return word & 0x7C000000 == 0x14000000 or word & 0xFE000000 == 0xD6000000


def _arm64_stores(word: int) -> bool:
    return word & 0x0A400000 == 0x08000000


def _arm64_used(word: int, base: int) -> list[int]:
    """Return the addresses that an instruction makes of its base register."""
    if word & 0xFF800000 == 0x91000000:  # ADD
        return [base + ((word >> 10 & 0xFFF) << 12 * (word >> 22 & 1))]
    if word & 0x3B000000 == 0x39000000:  # LDR, STR
        is_quad = word & 0x04800000 == 0x04800000
        return [base + ((word >> 10 & 0xFFF) << (4 if is_quad else word >> 30))]
    if word & 0x3F800000 == 0x29000000:  # LDP, STP
        size = 8 if word >> 31 else 4
        first = base + size * _signed(word >> 15 & 0x7F, 7)
        return [first, first + size]
    return []


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> bits - 1 else value


REFERENCES: dict[str, Callable[[bytes, int], Iterator[int]]] = {
    "amd64": _amd64_references,
    "arm64": _arm64_references,
}
"""By architecture: a function's code and where it begins → addresses, wrong ones among them."""
