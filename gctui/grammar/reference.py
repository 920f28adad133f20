"""Lark itself as the parser of a family: slow, exact, and able to explain.

It is the oracle that the compiled patterns are tested against. Each form is a start symbol of its
own, so that terminals of the same shape never compete in one lexer state.
"""

from __future__ import annotations

from functools import cache

from lark import Lark, Tree
from lark.exceptions import LarkError

from gctui.data import data_folder
from gctui.grammar.forms import Form, family_forms


@cache
def reference_parser(family: str) -> Lark:
    """Return Lark's LALR parser of one grammar file, with every form as a start symbol."""
    path = data_folder("grammars") / f"{family}.lark"
    starts = [form.rule for form in family_forms(family)]
    return Lark.open(str(path), parser="lalr", start=starts, maybe_placeholders=False)


def reference_fields(form: Form, line: str) -> dict[str, str] | None:
    """Parse one whole line by Lark; return the printed text of each field, None if it is not one.

    A flag's text is empty: Lark keeps that it was printed, not its words.
    """
    try:
        tree = reference_parser(form.family).parse(line, start=form.rule)
    except LarkError:
        return None
    fields = {}
    for child in tree.children:
        if isinstance(child, Tree):
            name = str(child.data).partition("__")[0]
            fields[name] = "".join(str(token) for token in child.children)
    return fields
