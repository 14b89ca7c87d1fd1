"""Lets the analysis tests use the synthetic walks of the gait tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "gait"))
