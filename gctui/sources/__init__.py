"""Where bytes and clocks enter: standard input, a wrapped command, files, the OS."""
