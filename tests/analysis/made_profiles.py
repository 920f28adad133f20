"""Profiles that no program has written: random ones with everything the format allows."""

from __future__ import annotations

import gzip
import random
from dataclasses import dataclass, field
from typing import Any

from gctui.sources.pprof_proto import ProfileMessage

FUNCTIONS = ("main.main", "main.(*T).Run", "runtime.mallocgc", "a.b[...]", "x/y.z.func1", "", "öß")
FILES = ("/src/main.go", "/src/other.go", "")


@dataclass
class Made:
    """A profile's message in the making."""

    message: Any = field(default_factory=ProfileMessage)
    strings: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.text("")

    def text(self, text: str) -> int:
        """Return the place of a string in the table."""
        if text not in self.strings:
            self.strings[text] = len(self.strings)
            self.message.string_table.append(text.encode())
        return self.strings[text]

    def types(self, *types: tuple[str, str]) -> None:
        """Add sample types."""
        for name, unit in types:
            self.message.sample_type.add(type=self.text(name), unit=self.text(unit))

    def function(self, name: str, file: str, start_line: int = 0) -> int:
        """Add a function and return its number."""
        number = len(self.message.function) + 1
        named = {"name": self.text(name), "system_name": self.text(name)}
        self.message.function.add(
            id=number, filename=self.text(file), start_line=start_line, **named
        )
        return number

    def location(self, address: int, *lines: tuple[int, int], mapping: int = 0) -> int:
        """Add a location, `lines` being functions and line numbers; return its number."""
        number = len(self.message.location) + 1
        new = self.message.location.add(id=number, mapping_id=mapping, address=address)
        for function, line in lines:
            new.line.add(function_id=function, line=line)
        return number

    def sample(self, stack: list[int], values: list[int], **labels: int | str) -> None:
        """Add a sample with its labels."""
        new = self.message.sample.add(location_id=stack, value=values)
        for key, value in labels.items():
            if isinstance(value, str):
                new.label.add(key=self.text(key), str=self.text(value))
            else:
                new.label.add(key=self.text(key), num=value)

    def data(self) -> bytes:
        """Return the gzipped file."""
        return gzip.compress(self.message.SerializeToString(), compresslevel=1, mtime=0)


def random_profile(seed: int, drop_frames: str = "", keep_frames: str = "") -> bytes:
    """Return a file with recursion, inlining, lost names, negative values and addresses.

    Every profile has the same functions and mappings, so two of them can be compared.
    """
    any_of = random.Random(seed)
    made = Made()
    made.types(("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_space", "bytes"))
    message = made.message
    message.period_type.type, message.period_type.unit = made.text("space"), made.text("bytes")
    message.period = 1024
    message.drop_frames, message.keep_frames = made.text(drop_frames), made.text(keep_frames)
    for number, file in ((1, "/bin/app"), (2, "/lib/libc.so"), (3, "")):
        message.mapping.add(
            id=number,
            memory_start=number << 20 if number > 1 else any_of.choice([1 << 20, 5 << 20]),
            memory_limit=(number << 20) + 4096,
            filename=made.text(file),
        )
    functions = [
        made.function(name, file, start)
        for name in FUNCTIONS
        for file in FILES
        for start in (0, 10)
    ]
    for _ in range(12):
        lines = [
            (any_of.choice(functions), any_of.randrange(5, 25)) for _ in range(any_of.randrange(4))
        ]
        made.location(any_of.randrange(1 << 22), *lines, mapping=any_of.randrange(4))
    for _ in range(25):
        stack = [any_of.randrange(1, 13) for _ in range(any_of.randrange(8))]
        values = [any_of.choice([0, any_of.randrange(-5000, 100_000)]) for _ in range(3)]
        made.sample(stack, values, bytes=any_of.choice([16, 48, 4096]))
    return made.data()
