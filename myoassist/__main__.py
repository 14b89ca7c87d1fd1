"""`python -m myoassist` is the `myoassist` command."""

import sys

from myoassist.cli import main

if __name__ == "__main__":
    sys.exit(main())
