"""Why VIRT is what it is."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.analysis.note import Note, Topic
from gctui.analysis.units import percent, size
from gctui.model.snapshot import Snapshot

MIB = 1 << 20
_MUCH_MORE = 1.5
_LEAST_MIB = 256
_ADDRESSES_32_BIT_MIB = 3072
"""What Linux leaves a 32-bit program on a 32-bit machine; it is 4 GiB on a 64-bit one."""
_CROWDED_SHARE = 0.7


def virt_note(snapshot: Snapshot) -> Iterator[Note]:
    """Explain VIRT where it stands far above RSS, or where addresses are scarce."""
    look, process = snapshot.look, snapshot.process
    told = None if look is None else look.mappings
    if process is None or process.rss_bytes is None:
        return
    rss_mib, own_bytes = process.rss_bytes / MIB, None if told is None else told.vms_bytes
    if told is not None and told.word_bits == 32:
        # Of this one process: others of its tree have addresses of their own.
        virt_bytes = process.vms_bytes if own_bytes is None else own_bytes
        if virt_bytes is not None:
            yield _scarce(virt_bytes / MIB, rss_mib)
        return
    virt_bytes = own_bytes if process.vms_bytes is None else process.vms_bytes
    virt_mib = (virt_bytes or 0) / MIB
    if virt_mib >= max(_LEAST_MIB, _MUCH_MORE * rss_mib):
        reserved = None if told is None else told.reserved_bytes
        yield _plenty(virt_mib, rss_mib, None if reserved is None else reserved / MIB)


def _plenty(virt_mib: float, rss_mib: float, reserved_mib: float | None) -> Note:
    part = ""
    if reserved_mib is not None and reserved_mib >= 1:
        part = f": {size(round(reserved_mib))} of it is only reserved, and cannot even be read"
    said = (
        f"VIRT {size(round(virt_mib))} is address space, not memory{part}. "
        f"What takes RAM is RSS, {size(round(rss_mib))}."
    )
    basis = (
        "On 64 bits Go reserves addresses generously, for arenas and the tables of free pages; C "
        "does for each thread."
    )
    return Note(Topic.VIRT, said, basis)


def _scarce(virt_mib: float, rss_mib: float) -> Note:
    used = percent(100 * virt_mib / _ADDRESSES_32_BIT_MIB)
    said = (
        f"A 32-bit program: VIRT {size(round(virt_mib))} counts, it has 3 to 4 GiB of addresses in "
        f"all. RSS is {size(round(rss_mib))}."
    )
    basis = f"VIRT is {used} of 3 GiB; Go up to 1.10 reserves 512 MiB of it for the heap at once."
    crowded = virt_mib >= _CROWDED_SHARE * _ADDRESSES_32_BIT_MIB
    return Note(Topic.VIRT, said, basis, is_alarming=crowded)
