import subprocess
import sys


def test_a_search_does_not_wait_for_what_it_does_not_use():
    script = (
        "import sys\n"
        "from myoassist.config.entries.load_cma import load_cma\n"
        "import myoassist.optimize.task\n"
        "strategy = load_cma().CMAEvolutionStrategy([1.0, 2.0], 0.1, {'verbose': -9})\n"
        "unused = {'matplotlib.pyplot', 'scipy.stats', 'scipy.interpolate'} & set(sys.modules)\n"
        "assert not unused, unused\n"
        "strategy.tell(*(lambda points: (points, [sum(p**2) for p in points]))(strategy.ask()))\n"
        "from matplotlib import pyplot\n"
        "from scipy import stats\n"
        "assert pyplot.figure and stats.kendalltau\n"
    )
    answer = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", script], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
