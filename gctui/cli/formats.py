"""`gctui formats`: every line that gctui reads, and the Go versions that print it."""

from __future__ import annotations

import argparse

from gctui.errors import ExitCode
from gctui.grammar.describe import form_lines, outline
from gctui.grammar.forms import FAMILIES, PROFILE_FAMILIES, family_forms, family_remark


class Formats:
    """Lists the forms."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("name", nargs="?", metavar="FORM", help="one form, with its fields")

    def run(self, args: argparse.Namespace) -> int:
        """Print all forms, or one with its fields."""
        if args.name:
            print("\n".join(form_lines(args.name)))
            return ExitCode.GOOD
        for family in FAMILIES + PROFILE_FAMILIES:
            print(f"{family}: {family_remark(family)}")
            for form in family_forms(family):
                print(f"  {form.name:<30} Go {form.versions}")
                print(f"      {outline(form)}")
            print()
        print("gctui formats FORM shows a form's fields; gctui explain LINE takes a line apart.")
        return ExitCode.GOOD


COMMAND = Formats()
