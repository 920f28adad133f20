"""Events as OpenMetrics text, every sample with its time: what a time series database takes in.

In this format all samples of a series stand together, so they are kept until the end: in a file,
not in memory. Times are the prefix's wall clock or a recording's receipt times; where there are
none, the trace's own clock from `began_s` on. A line that tells no time has the one before it. Of
several samples of one time the last counts.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO

from gctui.report.openmetrics_names import LABELS, Metric, metrics_of_kind
from gctui.report.table import Put

_IN_MEMORY_BYTES = 16 << 20
_CLOCKS = (("gc", "start_s", 1.0), ("sched", "at_ms", 1e-3))
_WHOLE_DIGITS = 12

Meanings = Mapping[tuple[str, str], str]
"""What a field of a kind means, in the grammar's words."""


class OpenMetrics:
    """Makes OpenMetrics text of the figures of events."""

    def __init__(self, meanings: Meanings, began_s: float = 0.0) -> None:
        self._meanings = meanings
        self._began_s = began_s

    def encode(self, lines: bytes) -> bytes:
        """Return JSON lines as they are: samples are sorted when all are known."""
        return lines

    def writer(self, put: Put) -> OpenMetricsWriter:
        """Begin to write."""
        return OpenMetricsWriter(put, self._meanings, self._began_s)


class OpenMetricsWriter:
    """Sorts samples by their series, and writes them at the end."""

    def __init__(self, put: Put, meanings: Meanings, began_s: float) -> None:
        self._put = put
        self._meanings = meanings
        self._began_s = began_s
        self._clocks: dict[str, _Clock] = {}
        self._families: dict[str, tuple[Metric, str, dict[str, _Series]]] = {}
        self._spool = _Spool()
        self._has_time = began_s > 0
        """Whether no time is counted from a program's own beginning, whenever that was."""

    @property
    def remark(self) -> str:
        """What to know of what was written."""
        if self._has_time or not self._families:
            return ""
        return "no line tells the time of day: times count from 1970; --started TIME moves them"

    def write(self, encoded: bytes) -> None:
        """Take JSON lines."""
        for line in encoded.splitlines():
            self._row(json.loads(line))

    def close(self) -> None:
        """Write all families, each with what it is."""
        for name in sorted(self._families):
            metric, meaning, series = self._families[name]
            self._put(_head(metric, meaning))
            for one in series.values():
                one.end()
                for piece in self._spool.of(one):
                    self._put(piece)
        self._put(b"# EOF\n")
        self._spool.close()

    def _row(self, row: Mapping[str, Any]) -> None:
        kind: str = row["kind"]
        metrics = metrics_of_kind(kind)
        source: str = row.get("source", "")
        clock = self._clocks.get(source)
        if clock is None:
            clock = self._clocks[source] = _Clock(self._began_s)
        at_s = clock.at(row)
        self._has_time = self._has_time or clock.is_wall
        labels = {"source": source} if source else {}
        labels |= {name: row[name] for name in LABELS.get(kind, ()) if name in row}
        for field, value in row.items():
            metric = metrics.get(field)
            if metric is None or value is None:
                continue
            meaning = self._meanings.get((kind, field), "")
            if not metric.label:
                self._sample(metric, meaning, labels, at_s, value)
                continue
            for name, count in value.items():
                self._sample(metric, meaning, labels | {metric.label: name}, at_s, count)

    def _sample(
        self, metric: Metric, meaning: str, labels: Mapping[str, str], at_s: float, value: float
    ) -> None:
        if metric.is_counter and value < 0:
            return
        family = self._families.get(metric.name)
        if family is None:
            family = self._families[metric.name] = metric, meaning, {}
        key = _labels(labels)
        series = family[2].get(key)
        if series is None:
            series = family[2][key] = _Series(f"{metric.sample}{key} ".encode(), self._spool)
        series.add(at_s, value * metric.scale if metric.scale != 1.0 else value)


class _Clock:
    """When the events of one source were."""

    def __init__(self, began_s: float) -> None:
        self.is_wall = False
        self._base_s = self._now_s = began_s
        self._latest: dict[str, tuple[float, int]] = {}

    def at(self, row: Mapping[str, Any]) -> float:
        """Return the time of an event, in seconds since 1970."""
        moment = row.get("wall") or row.get("received")
        if moment:
            self.is_wall = True
            self._now_s = _seconds(moment)
        elif not self.is_wall:
            self._by_trace(row)
        return self._now_s

    def _by_trace(self, row: Mapping[str, Any]) -> None:
        for kind, field, unit_s in _CLOCKS:
            if row["kind"] == kind and field in row:
                clock_s, n = row[field] * unit_s, row.get("n", 0)
                latest_s, latest_n = self._latest.get(kind, (0.0, 0))
                if clock_s < latest_s and n <= latest_n:
                    # Another program, or this one again: its time goes on where that one's ended.
                    self._base_s = self._now_s
                    self._latest.clear()
                self._latest[kind] = clock_s, n
                self._now_s = max(self._now_s, self._base_s + clock_s)


class _Series:
    """The samples of one series that are in memory, and where the others are."""

    __slots__ = ("_at_s", "_spool", "_value", "blocks", "head", "text")

    def __init__(self, head: bytes, spool: _Spool) -> None:
        self.head = head
        self.text = bytearray()
        self.blocks: list[tuple[int, int]] = []
        self._spool = spool
        self._at_s: float | None = None
        self._value = 0.0

    def add(self, at_s: float, value: float) -> None:
        """Take a sample. Time never runs back in a series."""
        if self._at_s is not None and at_s > self._at_s:
            self.end()
        if self._at_s is None or at_s > self._at_s:
            self._at_s = at_s
        self._value = value

    def end(self) -> None:
        """Write the sample that waits for another of its time."""
        if self._at_s is not None:
            before_bytes = len(self.text)
            self.text += self.head + f"{_number(self._value)} {_number(self._at_s)}\n".encode()
            self._spool.grown(self, len(self.text) - before_bytes)


class _Spool:
    """Keeps what does not fit into memory in a file."""

    def __init__(self) -> None:
        self._file: BinaryIO | None = None
        self._in_memory: dict[int, _Series] = {}
        self._bytes = 0

    def grown(self, series: _Series, by_bytes: int) -> None:
        """Count what came; put everything into the file when that is too much."""
        self._in_memory[id(series)] = series
        self._bytes += by_bytes
        if self._bytes > _IN_MEMORY_BYTES:
            self._flush()

    def of(self, series: _Series) -> Iterator[bytes]:
        """Yield the samples of one series."""
        for start, size in series.blocks:
            if self._file is not None:
                self._file.seek(start)
                yield self._file.read(size)
        if series.text:
            yield bytes(series.text)
            series.text.clear()

    def close(self) -> None:
        """Remove the file."""
        if self._file is not None:
            self._file.close()

    def _flush(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - `close` does
        start = self._file.seek(0, 2)
        for series in self._in_memory.values():
            size = self._file.write(series.text)
            series.blocks.append((start, size))
            series.text.clear()
            start += size
        self._in_memory.clear()
        self._bytes = 0


def _seconds(moment: str) -> float:
    """Return a moment of RFC 3339; one without an offset is taken as UTC."""
    read = datetime.fromisoformat(moment)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def _number(value: float) -> str:
    """Return a number without the noise of binary fractions."""
    if isinstance(value, int):
        return str(int(value))
    rounded = float(f"{value:.17g}") if abs(value) >= 1e9 else float(f"{value:.{_WHOLE_DIGITS}g}")
    return str(int(rounded)) if rounded.is_integer() and abs(rounded) < 1e15 else repr(rounded)


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items()) + "}"


def _escaped(text: str) -> str:
    printable = text if text.isprintable() else text.encode("ascii", "backslashreplace").decode()
    return printable.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _head(metric: Metric, meaning: str) -> bytes:
    kind = "counter" if metric.is_counter else "gauge"
    lines = [f"# TYPE {metric.name} {kind}"]
    if metric.unit:
        lines.append(f"# UNIT {metric.name} {metric.unit}")
    if meaning:
        lines.append(f"# HELP {metric.name} {_escaped(meaning)}")
    return ("\n".join(lines) + "\n").encode()
