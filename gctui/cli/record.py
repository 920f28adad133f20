"""`--record FILE` of the live commands: without it, nothing of recordings is loaded."""

from __future__ import annotations

import argparse
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gctui.session.recording import Recording


def add_record_option(parser: argparse.ArgumentParser, *, has_stream: bool = True) -> None:
    """Add the option; without a stream there are events alone to be kept."""
    raw = "; under any other name, the stream byte for byte" if has_stream else ""
    parser.add_argument(
        "--record",
        type=str if has_stream else _events_file,
        metavar="FILE",
        help="keep what comes in a new file, for gctui replay: FILE.jsonl keeps every event with "
        f"its time, samples of the process, its counters and profiles included{raw}",
    )


def _events_file(name: str) -> str:
    from gctui.session.recording import EVENTS_SUFFIX  # noqa: PLC0415

    if not name.endswith(EVENTS_SUFFIX):
        raise argparse.ArgumentTypeError(
            f"{name}: there is no output to keep, only samples: name a file {EVENTS_SUFFIX}"
        )
    return name


def recording_of(
    args: argparse.Namespace,
) -> contextlib.AbstractContextManager[Recording | None]:
    """Open what `--record` names, to be closed when the context is left; None without the option.

    Raises GctuiError when it cannot be written, so call this before anything is started.
    """
    if args.record is None:
        return contextlib.nullcontext()
    from gctui.report.jsonl import json_line  # noqa: PLC0415
    from gctui.session.recording import open_recording  # noqa: PLC0415

    return open_recording(args.record, json_line)
