"""Which random numbers belong to what: streams of one run that never meet."""

import numpy as np

# Second entry of every seed sequence; the optimizer's own is apart from these.
CANDIDATE = 1
# Disturbances that the candidates of a generation share.
GENERATION = 2
# Disturbances that show what a search has found: none of them is ever drawn by a search.
VALIDATION = 3


def stream_seed(seed: int, stream: int, *place: int) -> int:
    """Return a seed, 0 to 2**32 - 1.

    Args:
        seed: Seed of the run.
        stream: CANDIDATE, GENERATION or VALIDATION.
        place: Where in the stream, e.g. generation and index.
    """
    return int(np.random.SeedSequence([seed, stream, *place]).generate_state(1)[0])
