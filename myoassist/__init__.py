"""Optimize and train walking humans with exoskeletons and prostheses in MuJoCo."""

from myoassist.config.cache import use_kernel_cache, use_matplotlib_cache

__version__ = "0.1.0"

use_kernel_cache()
use_matplotlib_cache()
