"""Programs whose output comes in blocks, as a buffer fills: told apart, restarts too."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.model.assignment import Assigner
from gctui.model.programs import Programs
from gctui.model.strand import Strand
from gctui.trace.scanner import scan
from tests.model.test_assignment import line

HEAPS = [(1, 20), (3, 60), (8, 100), (200, 3)]
MOST_LINES = 64


def life(heap: int, count: int, pace_s: float, chance: Random) -> list[tuple[float, bytes]]:
    at_s, lines = chance.uniform(0.01, 1), []
    for n in range(1, count + 1):
        lines.append((at_s, line(n, at_s, heap + chance.randint(0, 1 + heap // 10), 4)))
        at_s += 0.01 + pace_s * chance.uniform(0.3, 3)
    return lines


def in_blocks(heaps: tuple[int, int], longest: int, chance: Random) -> list[tuple[int, bytes]]:
    """Two programs' lines, each block where its last line was printed; whose each line is."""
    blocks = []
    for program, heap in enumerate(heaps):
        began_s, pace_s = chance.uniform(0, 30), chance.uniform(0.05, 2)
        lines = life(heap, chance.randint(20, 200), pace_s, chance)
        while lines:
            length = chance.randint(1, longest)
            block, lines = lines[:length], lines[length:]
            blocks.append((began_s + block[-1][0], program, block))
    return [(program, text) for _, program, block in sorted(blocks) for _, text in block]


def strands_of(data: bytes) -> list[Strand | None]:
    assigner = Assigner()
    return [assigner.assign(event) for event in scan([data])]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(HEAPS),
    st.integers(1, MOST_LINES),
    st.randoms(use_true_random=False, note_method_calls=False),
)
def test_blocks_of_two_programs_are_told_apart(
    heaps: tuple[int, int], longest: int, chance: Random
) -> None:
    mixed = in_blocks(heaps, longest, chance)
    strands = strands_of(b"".join(text for _, text in mixed))
    owners = {(strand, program) for strand, (program, _) in zip(strands, mixed, strict=True)}
    assert len(owners) == len(set(strands)) == 2


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([4, 20, 100]), st.randoms(use_true_random=False))
def test_a_restart_stays_a_restart(heap: int, chance: Random) -> None:
    """Of the same heap and pace: no line goes back to the life before."""
    pace_s = chance.uniform(0.05, 2)
    lives = [life(heap, chance.randint(5, 150), pace_s, chance) for _ in range(3)]
    data = b"".join(text for each in lives for _, text in each)
    counts = Counter(strands_of(data))
    assert sorted(counts.values()) == sorted(map(len, lives))
    programs = Programs()
    for event in scan([data]):
        programs.apply(event)
    (only,) = programs.listed()
    assert only.lives == 3


def test_blocks_of_two_programs_are_two_programs_of_a_log() -> None:
    mixed = in_blocks((3, 60), 40, Random(5))
    programs = Programs()
    for event in scan([b"".join(text for _, text in mixed)]):
        programs.apply(event)
    counts = Counter(program for program, _ in mixed)
    assert sorted(each.collections for each in programs.listed()) == sorted(counts.values())
