"""Waiting, always with an end."""
import time


class TooLate(AssertionError):
    """What was waited for did not come in time."""


def wait_until(what, condition, seconds, every=0.05):
    """Polls `condition` until it returns something true, and returns that.

    An exception of the condition counts as `not yet`: the part that it asks may be starting.
    """
    end = time.monotonic() + seconds
    last = None
    while True:
        try:
            value = condition()
            if value:
                return value
            last = value
        except Exception as error:  # pylint: disable=broad-except
            last = repr(error)
        if time.monotonic() >= end:
            raise TooLate(f"waited {seconds} s for: {what}; last seen: {last!r}")
        time.sleep(every)


def stays_true(what, condition, seconds, every=0.2):
    """Fails as soon as `condition` is false within the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert condition(), f"did not stay true: {what}"
        time.sleep(every)
