"""Files as a lazy frame: parts are read ahead by all cores, and come in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import polars as pl
from polars.io.plugins import register_io_source

from gctui.frame.columnar import frame_of, schema
from gctui.frame.parts import PART_BYTES, Part, Paths, parts, paths_of


def read(
    part: Part, kinds: Collection[str] | None = None, names: Collection[str] | None = None
) -> pl.DataFrame:
    """Return the trace lines of one part. Raises GctuiError when it cannot be read."""
    return frame_of(
        part.bytes(), source=part.path, first_line=part.first_line, kinds=kinds, names=names
    )


def scan(
    paths: Paths, *, kinds: Collection[str] | None = None, part_bytes: int = PART_BYTES
) -> pl.LazyFrame:
    """Return the trace lines of files, one row each, as a lazy frame.

    `kinds` are those of the events that are wanted; their columns are those of the frame. Columns
    that a query does not need are not converted, and rows beyond its limit are not read. Memory is
    bounded by a few parts of `part_bytes` and by what the query keeps.
    """
    names = paths_of(paths)

    def frames(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        wanted = schema(kinds).names() if with_columns is None else with_columns
        needed = set(wanted)
        if predicate is not None:
            needed |= set(predicate.meta.root_names())
        left = n_rows
        for frame in _in_order(parts(names, part_bytes), kinds, needed):
            kept = frame if left is None else frame.head(left)
            left = None if left is None else left - kept.height
            if predicate is not None:
                kept = kept.filter(predicate)
            yield kept.select(wanted)
            if left == 0:
                return

    return register_io_source(frames, schema=schema(kinds))


def _in_order(
    pieces: Iterator[Part], kinds: Collection[str] | None, names: Collection[str]
) -> Iterator[pl.DataFrame]:
    """Read parts by several threads; what they call lets others run."""
    workers = pl.thread_pool_size()
    waiting: deque[Future[pl.DataFrame]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for piece in pieces:
                waiting.append(pool.submit(read, piece, kinds, names))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
