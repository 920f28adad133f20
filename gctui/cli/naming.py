"""`--binary PATH`: names for the addresses of old profiles, and what is said of those without.

What reads profiles and binaries is loaded with the first of them: few replays have one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gctui.analysis.neutral import neutral
from gctui.model.profile import Profile

if TYPE_CHECKING:
    from gctui.sources.named_addresses import NamedAddresses
    from gctui.sources.named_profile import NamedProfile

_LONGEST_NAME = 400


def add_binary_option(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    parser.add_argument(
        "--binary",
        metavar="PATH",
        help="the program (ELF) that a profile of addresses alone was taken of: names them",
    )


class Naming:
    """Names the addresses of profiles; raises GctuiError for a file that cannot name any."""

    def __init__(self, binary: str | None = None) -> None:
        self._code = None if binary is None else _code_of(Path(binary))
        self._notes: list[str] = []

    def named(self, profile: Profile) -> Profile:
        """Return the profile, each place with its name, or where nothing is known its address."""
        from gctui.analysis.profile_nodes import prune_failure  # noqa: PLC0415
        from gctui.sources.named_profile import has_addresses_alone, named_by  # noqa: PLC0415

        if failure := prune_failure(profile):
            self._notes.append(
                f"{_source(profile)} says what to leave out by a {failure}; all stays"
            )
        if self._code is None and not has_addresses_alone(profile):
            return profile
        found = named_by(profile, self._code)
        if found.unknown:
            self._notes.append(self._note(found))
        return found.profile

    def print_notes(self) -> None:
        """Say what could not be named; once."""
        sys.stdout.flush()
        for note in self._notes:
            print(f"gctui: {neutral(note)}", file=sys.stderr)
        self._notes.clear()

    def _note(self, found: NamedProfile) -> str:
        source = _source(found.profile)
        if self._code is None:
            return f"{source} has addresses alone: --binary PATH, the program's file, names them"
        path = neutral(str(self._code.path), _LONGEST_NAME)
        note = f"{found.unknown} of {found.asked} addresses of {source} are not in {path}"
        if found.unknown == found.asked and self._code.is_position_independent:
            return f"{note}: it is loaded anywhere, and found by the profile's memory map alone"
        return f"{note}: another program, or another build of it?" if _most(found) else note


def _code_of(binary: Path) -> NamedAddresses:
    from gctui.sources.named_addresses import NamedAddresses  # noqa: PLC0415

    return NamedAddresses(binary)


def _source(profile: Profile) -> str:
    return neutral(profile.source or "the profile", _LONGEST_NAME)


def _most(found: NamedProfile) -> bool:
    return 2 * found.unknown > found.asked
