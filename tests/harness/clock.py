"""The wall clock of one program, which is not the machine's: see tests/replay/wrong_clock.c."""
import time

from .process import BIN


class Clock:
    """For a Process's environment; a turn is seen at the program's next look."""

    def __init__(self, folder):
        self._file = folder / "clock"

    def set(self, seconds, is_kept):
        """It says so many seconds since 1970 now; `is_kept`: by a time daemon."""
        draft = self._file.with_name("clock.new")
        draft.write_text(f"{int((seconds - time.time()) * 1000)} {int(is_kept)}")
        draft.rename(self._file)
        return self

    def set_right(self):
        return self.set(time.time(), True)

    @property
    def env(self):
        return {"LD_PRELOAD": BIN / "tests" / "wrong_clock.so", "CARRITO_TEST_CLOCK": self._file,
                "ASAN_OPTIONS": "verify_asan_link_order=0"}
