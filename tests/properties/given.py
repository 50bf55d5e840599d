"""Property tests that fail with one seed and one command: CARRITO_TEST_SEED repeats a run,
CARRITO_TEST_EXAMPLES says how many times as many histories as usual are tried."""
import functools
import os
import secrets

import hypothesis

TIMES = os.environ.get("CARRITO_TEST_EXAMPLES", "1")
SEED = int(os.environ.get("CARRITO_TEST_SEED", secrets.randbelow(2**31)))  # of all in this run


def histories(examples, **strategies):
    """Like hypothesis.given, with our settings."""

    def decorate(test):
        tried = hypothesis.given(**strategies)(test)
        # What hypothesis tries depends on how much it may try, so that belongs to the command.
        tried = hypothesis.settings(max_examples=max(1, int(examples * float(TIMES))),
                                    deadline=None, database=None, print_blob=False,
                                    report_multiple_bugs=False,
                                    suppress_health_check=list(hypothesis.HealthCheck))(tried)
        tried = hypothesis.seed(SEED)(tried)

        @functools.wraps(tried)
        def run(*words, **named):
            try:
                return tried(*words, **named)
            except Exception:
                print(f"seed {SEED}; once more: CARRITO_TEST_SEED={SEED} "
                      f"CARRITO_TEST_EXAMPLES={TIMES} ./dev test properties -k {test.__name__}")
                raise

        return run

    return decorate
