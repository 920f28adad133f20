"""`python -m gctui` is `gctui`."""

import sys

from gctui.cli.main import main

sys.exit(main())
