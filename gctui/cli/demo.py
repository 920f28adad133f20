"""`gctui demo [NAME]`: a bundled real log, played live."""

from __future__ import annotations

import argparse
import sys

from gctui.cli.options import add_view_options, speed
from gctui.cli.replay import replay
from gctui.cli.screen import can_draw
from gctui.data import data_folder
from gctui.errors import GctuiError
from gctui.sources.files import LogFile

DEMOS = {
    "sawtooth": "three peaks, each returned to the OS",
    "steady": "a steady service",
    "leak": "a live heap that only grows",
}


class Demo:
    """Plays a bundled log."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        names = "; ".join(f"{name}: {text}" for name, text in DEMOS.items())
        parser.add_argument("name", nargs="?", default="sawtooth", metavar="NAME", help=names)
        parser.add_argument(
            "--speed", type=speed, default=3.0, metavar="X", help="how fast (default 3)"
        )
        add_view_options(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Play it; without a screen, print its summary at once."""
        if args.name not in DEMOS:
            raise GctuiError(f"no demo {args.name!r}; there are {', '.join(DEMOS)}")
        if not (can_draw(plain=args.plain) and sys.stdout.isatty()):
            args.speed = None
        log = LogFile(data_folder("samples") / "demo" / f"{args.name}.log")
        log.label = f"demo {args.name}: {DEMOS[args.name]}"
        return replay([log], args)


COMMAND = Demo()
