"""Trace lines of many files as one data frame: columns in, columns out.

    import gctui.frame as gf

    gf.scan(["app.log", "app.log.1"], kinds=["gc"]).filter(pl.col("forced")).collect()

The patterns are those of the grammars, run over whole columns by polars instead of line by line, so
that millions of lines take seconds. There is one row per trace line, and its columns are named and
typed as in `gctui export`. Read are trace lines as they were printed, wherever they stand: behind
some text, which becomes `prefix`, before some, in colour, several on one line. Not read is what
takes more than one line, or more than a pattern: torn lines, escapes, wall clocks, UTF-16, the
counts of scheddetail's snapshots. `gctui export` reads these too, and what is behind a line.

`scan` reads files lazily. For a distributed engine `parts` cuts files into pieces that can be
pickled, and `read` turns one piece into a frame. This needs the extra `gctui[frame]`.
"""

try:
    import polars as _polars  # noqa: F401 - only to say what is missing
except ImportError as error:
    raise ImportError("gctui.frame needs polars: pip install 'gctui[frame]'") from error

from gctui.frame.columnar import frame_of, schema
from gctui.frame.parts import PART_BYTES, Part, parts
from gctui.frame.scanning import read, scan

__all__ = ["PART_BYTES", "Part", "frame_of", "parts", "read", "scan", "schema"]
