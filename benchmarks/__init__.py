"""What gctui costs, held against plain references that are measured alternately in the same run.

A machine may be slow or busy, so nothing here is a bound in seconds: figures are ratios of CPU
times, medians over rounds. `python -m benchmarks` prints them; nothing runs in the test suite.
"""
