"""Property tests that say their seed: CARRITO_TEST_SEED repeats a run, CARRITO_TEST_EXAMPLES says
how many times as many histories as usual are tried."""
import functools
import os
import secrets

import hypothesis

TIMES = float(os.environ.get("CARRITO_TEST_EXAMPLES", "1"))


def histories(examples, **strategies):
    """Like hypothesis.given, with our settings."""
    number = int(os.environ.get("CARRITO_TEST_SEED", secrets.randbelow(2**31)))

    def decorate(test):
        tried = hypothesis.given(**strategies)(test)
        tried = hypothesis.settings(max_examples=max(1, int(examples * TIMES)), deadline=None,
                                    database=None, print_blob=False,
                                    suppress_health_check=list(hypothesis.HealthCheck))(tried)
        tried = hypothesis.seed(number)(tried)

        @functools.wraps(tried)
        def run(*words, **named):
            print(f"seed {number} (CARRITO_TEST_SEED={number} repeats it)")
            return tried(*words, **named)

        return run

    return decorate
