"""The naive screen that gctui's is held against: four textual-plotext charts, redrawn as they are.

Twice a second every chart throws its data away, plots every point of the whole run again and is
refreshed, while a new point arrives every 100 ms. That is what one writes first, with the library
one finds first. textual-plotext needs plotext 5, gctui has plotext 6: give this script an
environment of its own, and a real terminal of 160 × 48.

    python3 -m venv /tmp/naive
    /tmp/naive/bin/pip install textual==8.2.8 textual-plotext==1.0.1 plotext==5.3.2
    script -qec "stty cols 160 rows 48; /tmp/naive/bin/python benchmarks/naive_screen.py \
        --seconds 30 --preload 300 --result /tmp/naive.json" /dev/null

The result is a JSON object; `cpu_share` is CPU seconds (user and system) per second, without
start-up.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Mapping
from importlib import import_module
from math import sin
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult

ARRIVAL_S = 0.1
REDRAW_S = 0.5
CHARTS = {
    "Heap, MiB": ("start", "end", "live", "goal"),
    "Memory, MiB": ("in use", "idle memory", "released", "RSS"),
    "Pauses, ms": ("sweep term", "mark term"),
    "GC CPU, %": ("assist", "background", "idle CPU"),
}


class Run:
    """The made-up run of a program: a heap that saws up and down, and what goes with it."""

    def __init__(self, points: int) -> None:
        self.times_s: list[float] = []
        self.series: dict[str, list[float]] = {n: [] for names in CHARTS.values() for n in names}
        self._random = random.Random(1)
        for _ in range(points):
            self.add()

    def add(self) -> None:
        """Let one more collection happen."""
        time_s = len(self.times_s) * ARRIVAL_S
        self.times_s.append(time_s)
        live_mib = 120 + 30 * sin(time_s / 9) + self._random.random() * 8
        for figures in (self._heap(live_mib), self._collector()):
            for name, value in figures.items():
                self.series[name].append(value)

    def _heap(self, live_mib: float) -> Mapping[str, float]:
        start_mib = live_mib * (1.8 + self._random.random() / 5)
        in_use_mib, idle_mib = start_mib * 1.1, 420 - start_mib
        return {
            "start": start_mib,
            "end": start_mib + self._random.random() * 10,
            "live": live_mib,
            "goal": live_mib * 2,
            "in use": in_use_mib,
            "idle memory": idle_mib,
            "released": idle_mib / 2,
            "RSS": in_use_mib + idle_mib / 2 + 20,
        }

    def _collector(self) -> Mapping[str, float]:
        draw = self._random.expovariate
        return {
            "sweep term": draw(20),
            "mark term": draw(8),
            "assist": draw(1),
            "background": 22 + draw(1),
            "idle CPU": draw(0.5),
        }


class NaiveScreen(App[None]):
    """Four charts, each drawn from nothing at every redraw."""

    CSS = "Screen { layout: grid; grid-size: 2 2; }"

    def __init__(self, seconds: float, preload: int) -> None:
        super().__init__()
        self._seconds, self._preload = seconds, preload
        self._data = Run(preload)
        self._plots: dict[str, Any] = {}
        self._redraws = 0
        self.result: dict[str, float] = {}

    def compose(self) -> ComposeResult:
        """Make the widgets."""
        widget = import_module("textual_plotext").PlotextPlot
        for title in CHARTS:
            self._plots[title] = widget()
            yield self._plots[title]

    def on_mount(self) -> None:
        """Start the clocks; what came before is start-up and does not count."""
        self._cpu_s, self._wall_s = time.process_time(), time.monotonic()
        for title, plot in self._plots.items():
            plot.plt.title(title)
        self.set_interval(ARRIVAL_S, self._arrive)
        self.set_interval(REDRAW_S, self._redraw)
        self.set_timer(self._seconds, self._finish)

    def _arrive(self) -> None:
        # By the clock: while a redraw runs the timer skips, but no program waits for its screen.
        elapsed_s = time.monotonic() - self._wall_s
        while len(self._data.times_s) < self._preload + elapsed_s / ARRIVAL_S:
            self._data.add()

    def _redraw(self) -> None:
        for title, plot in self._plots.items():
            plot.plt.clear_data()
            for name in CHARTS[title]:
                values = self._data.series[name]
                plot.plt.plot(self._data.times_s, values, label=name, marker="braille")
            plot.refresh()
        self._redraws += 1

    def _finish(self) -> None:
        cpu_s = time.process_time() - self._cpu_s
        wall_s = time.monotonic() - self._wall_s
        self.result = {
            "cpu_share": round(cpu_s / wall_s, 4),
            "cpu_s": round(cpu_s, 3),
            "wall_s": round(wall_s, 3),
            "redraws": self._redraws,
            "points": len(self._data.times_s),
            "columns": self.size.width,
            "rows": self.size.height,
        }
        self.exit()


def main() -> None:
    parser = argparse.ArgumentParser(description="The naive screen, and what it costs.")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--preload", type=int, default=300, help="points there from the start")
    parser.add_argument("--result", type=Path, required=True, help="the JSON file to write")
    options = parser.parse_args()
    app = NaiveScreen(options.seconds, options.preload)
    app.run()
    options.result.write_text(json.dumps(app.result) + "\n")


if __name__ == "__main__":
    main()
