"""Every key of the screen, declared once: the bindings, the bottom row and the help read it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding

from gctui.tui.charts import CHARTS

OUTPUT_TAB, CYCLES_TAB, GOROUTINES_TAB = "output-tab", "cycles-tab", "goroutines-tab"
PROFILE_TAB, FINDINGS_TAB = "profile-tab", "findings-tab"


@dataclass(frozen=True, slots=True)
class Key:
    """A key and what it does; without `shown` it is the other half of the one before it."""

    keys: str
    """Textual's names."""
    action: str
    shown: str = ""
    label: str = ""
    """For the bottom row; without one the key is in the help only."""
    about: str = ""


KEYS: tuple[Key, ...] = (
    Key("q", "app.leave", "q", "quit", "quit; asks while a program depends on gctui"),
    Key("question_mark,f1", "help", "?", "help", "this help, also F1"),
    Key("w", "where", "w", "where", "where the memory is, part by part, and what to do about it"),
    Key("o", f"tab('{OUTPUT_TAB}')", "o", "output", "the program's own output"),
    Key("c", f"tab('{CYCLES_TAB}')", "c", "cycles", "the collections; Enter opens one"),
    Key(
        "g",
        f"tab('{GOROUTINES_TAB}')",
        "g",
        "goroutines",
        "the goroutines by the function that they are in; Enter opens a row",
    ),
    Key(
        "f",
        f"tab('{PROFILE_TAB}')",
        "f",
        "profile",
        "the heap profile: which functions hold the memory; Enter opens one",
    ),
    Key(
        "a",
        f"tab('{FINDINGS_TAB}')",
        "a",
        "findings",
        "what is found, what to do, what other settings would do; Enter tells why",
    ),
    Key("space,p", "pause", "space", "pause", "hold the display, also p; data keep coming"),
    Key(
        "m",
        "mark",
        "m",
        about="mark this moment: goroutines and the profile show what grew since",
    ),
    Key("l", "programs", "l", about="the programs of this stream, where there are several"),
    Key("v", "next_program(1)", "v V", about="show the next program of this stream, the previous"),
    Key("V,upper_v", "next_program(-1)"),
    Key("b", "turn_order", "b", about="profile: sort by flat, or by cum"),
    Key("t", "next_type", "t", about="profile: bytes or objects, in use or ever allocated"),
    Key("z", "enlarge", "z", "enlarge", "give what has the focus all the room; z or Escape: back"),
    Key("plus,equals_sign", "zoom(0.5)", "+/-", "zoom", "zoom the time axis, also the wheel"),
    Key("minus", "zoom(2.0)"),
    Key("left", "pan(-0.25)", "←/→", "pan", "move along the time axis"),
    Key("right", "pan(0.25)"),
    Key("end", "follow", "end", "follow", "follow the newest event"),
    Key("slash", "search", "/", "search", "search the output; n and N go on, Escape ends it"),
    Key("n", "find(1)"),
    Key("N,upper_n", "find(-1)"),
    Key(
        "less_than_sign,shift+left",
        "sideways(-1)",
        "< >",
        about="scroll the output sideways, also Shift and the arrows",
    ),
    Key("greater_than_sign,shift+right", "sideways(1)"),
    Key("left_square_bracket", "preset(-1)", "[ ]", "span", "a shorter or a longer time span"),
    Key("right_square_bracket", "preset(1)"),
    Key("0", "all", "0", "all", "show all of it"),
    *(
        Key(
            str(number),
            f"toggle_chart('{chart.key}')",
            "1-5" if number == 1 else "",
            "charts" if number == 1 else "",
            "show or hide a chart",
        )
        for number, chart in enumerate(CHARTS, 1)
    ),
    Key("tab", "app.focus_next", "tab", "focus", "move the focus"),
    Key("ctrl+p", "app.command_palette", "^p", "palette", "all commands, and the colours"),
    Key("ctrl+z", "app.suspend_process", "^z", about="stop gctui; the shell's fg brings it back"),
)

BINDINGS = [
    Binding(key.keys, key.action, key.label or key.about, show=False)
    for key in KEYS
    if key.keys not in {"tab", "ctrl+p", "ctrl+z"}
]
"""Textual itself and the app bind the others."""


def screen_action(key: Key) -> str:
    """Return a key's action with what it belongs to, for whoever is not the viewer itself."""
    return key.action if "." in key.action.partition("(")[0] else f"screen.{key.action}"


ACTIONS = {name: screen_action(key) for key in KEYS for name in key.keys.split(",")}
"""What each key does on the screen, for dialogs that pass keys on to it."""
