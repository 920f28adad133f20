"""gctui: any Go program's memory, on one screen, with numbers that add up."""

__version__ = "0.1.0"
