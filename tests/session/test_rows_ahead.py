"""Two processes make the very rows that one makes, whoever prints into the log from wherever on."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from gctui.events import Event
from gctui.report.jsonl import json_lines
from gctui.session import pieces
from gctui.session.rows_ahead import rows_ahead
from gctui.session.saved import Batch
from gctui.session.sources import Sources
from gctui.trace.scanner import Scanner
from tests.model.test_assignment import line

PORTION_BYTES = 1 << 10
PIECE_BYTES = 4 * PORTION_BYTES


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Borders everywhere: what happens once in megabytes happens all the time."""
    monkeypatch.setattr(pieces, "PORTION_BYTES", PORTION_BYTES)
    monkeypatch.setattr(pieces, "PIECE_BYTES", PIECE_BYTES)
    monkeypatch.setattr(pieces, "LAST_PIECE_BYTES", PORTION_BYTES)
    yield


def run(count: int, live: int, first: int = 1, at: float = 0.1) -> list[bytes]:
    return [line(n, at + 0.1 * (n - first), live, 4) for n in range(first, first + count)]


def encode(events: Sequence[Event]) -> bytes:
    return b"".join(json_lines(events))


def rows_of(path: Path, first_bytes: int) -> tuple[bytes, int]:
    """Return the rows, and how many of them others made."""
    sources, scanner, made, ahead = Sources(), Scanner(), b"", 0

    def rows(batch: Batch) -> bytes:
        return b"".join(json_lines(batch.events))

    with path.open("rb", buffering=0) as file:
        first = Batch([*scanner.feed(file.read(first_bytes))], 0)
        made += b"".join(map(rows, sources.take(first)))
        plain = file.fileno(), path.stat().st_size
        for part in rows_ahead(scanner, sources, plain, encode, jobs=2):
            if isinstance(part, Batch):
                made += rows(part)
            else:
                made += part.rows
                ahead += part.rows.count(b"\n")
    return made, ahead


@pytest.mark.parametrize(
    ("lines", "alone"),
    [
        (run(400, 2), True),
        ([b"a line of the program itself\n"] * 400 + run(400, 2), True),
        ([*run(200, 2), *run(200, 2), *run(200, 2)], True),
        (
            [
                *run(200, 2),
                *(
                    x
                    for pair in zip(run(200, 2, 201, 20.1), run(200, 80), strict=True)
                    for x in pair
                ),
            ],
            False,
        ),
        ([b"web-1  | " + text for text in run(400, 2)], True),
    ],
    ids=["one", "text first", "restarts", "a second one later", "by name"],
)
def test_rows_are_those_of_one_process(lines: list[bytes], alone: bool, tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_bytes(b"".join(lines))
    made, ahead = rows_of(path, PIECE_BYTES)
    assert made == rows_of(path, len(b"".join(lines)) + 1)[0]
    assert made.count(b"\n") == len(lines)
    assert ahead > (len(lines) // 5 if alone else 0)
    assert (b"program 2" in made) == (not alone)
