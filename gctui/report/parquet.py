r"""Events as Parquet, in row groups: memory does not grow with the input.

Needs the extra `gctui[parquet]`. Numbers, flags, moments, lists and maps are typed columns. An
integer beyond 64 bits with a sign (a goal of 2^64 − 1 bytes: there is none) is stored as the
largest there is; a text that is not UTF-8 has `\udcXX` for each byte that is not.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from gctui.errors import GctuiError
from gctui.events.columns import Column, ColumnType
from gctui.report.table import Put

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_PER_GROUP = 1 << 15
_BYTES_PER_GROUP = 64 << 20
_HIGHEST, _LOWEST = (1 << 63) - 1, -(1 << 63)

Row = Mapping[str, Any]


class Parquet:
    """Makes a Parquet file of some columns."""

    def __init__(self, columns: Sequence[Column]) -> None:
        """Raise GctuiError where the extra is missing."""
        _pyarrow()
        self._columns = columns

    def encode(self, lines: bytes) -> bytes:
        """Return JSON lines as they are: a row group is made of many."""
        return lines

    def writer(self, put: Put) -> ParquetWriter:
        """Begin to write."""
        return ParquetWriter(self._columns, put)


class ParquetWriter:
    """Writes row groups."""

    remark = ""

    def __init__(self, columns: Sequence[Column], put: Put) -> None:
        arrow, parquet = _pyarrow()
        self._arrow = arrow
        self._columns = columns
        self._schema: pa.Schema = arrow.schema(
            [(column.name, _arrow_type(arrow, column)) for column in columns]
        )
        self._waiting: list[bytes] = []
        self._waiting_bytes = self._waiting_rows = 0
        sink = arrow.PythonFile(_Sink(put), mode="w")
        self._writer = parquet.ParquetWriter(sink, self._schema, compression="zstd")

    def write(self, encoded: bytes) -> None:
        """Take JSON lines; write a group when there are enough of them."""
        self._waiting.append(encoded)
        self._waiting_bytes += len(encoded)
        self._waiting_rows += encoded.count(b"\n")
        if self._waiting_rows >= ROWS_PER_GROUP or self._waiting_bytes >= _BYTES_PER_GROUP:
            self._flush()

    def close(self) -> None:
        """Write the last group and the footer."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        rows = [json.loads(line) for line in b"".join(self._waiting).splitlines()]
        self._waiting.clear()
        self._waiting_bytes = self._waiting_rows = 0
        if not rows:
            return
        present = frozenset[str]().union(*rows)
        arrays = [
            self._arrow.array(_cells(column, rows), field.type)
            if column.name in present
            else self._arrow.nulls(len(rows), field.type)
            for column, field in zip(self._columns, self._schema, strict=True)
        ]
        batch = self._arrow.RecordBatch.from_arrays(arrays, schema=self._schema)
        self._writer.write_batch(batch, row_group_size=len(rows))


class _Sink(io.RawIOBase):
    """A file that goes wherever an export goes."""

    def __init__(self, put: Put) -> None:
        super().__init__()
        self._put = put
        self._written_bytes = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._put(piece)
        self._written_bytes += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._written_bytes


def _cells(column: Column, rows: Sequence[Row]) -> list[Any]:
    name, convert = column.name, _CONVERTED.get(column.type)
    cells = [row.get(name) for row in rows]
    if convert is None:
        return cells
    return [None if cell is None else convert(cell) for cell in cells]


def _integer(number: int) -> int:
    return number if _LOWEST <= number <= _HIGHEST else (_LOWEST if number < 0 else _HIGHEST)


def _text(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _record(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    return _integer(value) if type(value) is int else value


_CONVERTED: Mapping[ColumnType, Callable[[Any], Any]] = {
    ColumnType.TEXT: _text,
    ColumnType.INTEGER: _integer,
    ColumnType.NUMBER: float,
    ColumnType.MOMENT: datetime.fromisoformat,
    ColumnType.INTEGERS: lambda numbers: [_integer(number) for number in numbers],
    ColumnType.COUNTS: lambda counts: [(_text(n), _integer(c)) for n, c in counts.items()],
    ColumnType.TEXTS: lambda texts: [(_text(name), _text(text)) for name, text in texts.items()],
    ColumnType.RECORDS: lambda records: [
        {name: _record(value) for name, value in record.items()} for record in records
    ],
}


def _arrow_type(arrow: Any, column: Column) -> pa.DataType:
    if column.type is ColumnType.RECORDS:
        inner = [(field.name, _arrow_type(arrow, field)) for field in column.record]
        return arrow.list_(arrow.struct(inner))
    text, integer = arrow.string(), arrow.int64()
    return {
        ColumnType.TEXT: text,
        ColumnType.INTEGER: integer,
        ColumnType.NUMBER: arrow.float64(),
        ColumnType.TRUTH: arrow.bool_(),
        ColumnType.MOMENT: arrow.timestamp("us", tz="UTC"),
        ColumnType.INTEGERS: arrow.list_(integer),
        ColumnType.RANGES: arrow.list_(arrow.list_(integer)),
        ColumnType.COUNTS: arrow.map_(text, integer),
        ColumnType.TEXTS: arrow.map_(text, text),
    }[column.type]


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as arrow  # noqa: PLC0415 - an extra, and it takes a third of a second
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        wanted = "Parquet needs pyarrow: pip install 'gctui[parquet]'"
        raise GctuiError(wanted) from error
    return arrow, parquet
