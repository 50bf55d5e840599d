"""Kills at random moments, repeatable by seed."""
import os
import random
import secrets
import time


class Chaos:
    """Prints its seed and each deed with its time; CARRITO_TEST_SEED repeats a run's choices."""

    def __init__(self, name):
        self.seed = os.environ.get("CARRITO_TEST_SEED") or secrets.token_hex(4)
        self.random = random.Random(f"{self.seed}/{name}")
        self._start = time.monotonic()
        self.kills = {}
        self.say(f"seed {self.seed} (CARRITO_TEST_SEED={self.seed} repeats it)")

    def say(self, text):
        print(f"[{time.monotonic() - self._start:7.2f}] {text}", flush=True)

    def pause(self, shortest, longest):
        time.sleep(self.random.uniform(shortest, longest))

    def kill(self, part, down=(0.0, 1.0), before_start=None):
        """kill -9, a while of absence, and a start. Returns without waiting for readiness: the
        next kill may well come before it."""
        part.kill()
        self.kills[part.name] = self.kills.get(part.name, 0) + 1
        self.say(f"killed {part.name} ({self.kills[part.name]})")
        self.pause(*down)
        if before_start is not None:
            before_start()
        part.start()

    def kill_for_good(self, part):
        part.kill()
        self.say(f"killed {part.name} for good")

    def kill_often(self, parts, times, every=(0.5, 4.0), down=(0.0, 1.0), ready=True):
        """Kills one of `parts`, chosen at random, `times` times (each at least once where `times`
        allows), with the load going on. `ready`: waits for the part before it goes on, so that
        each kill hits one that works; the moment in its work is random."""
        order = list(parts) * (times // len(parts))
        order += self.random.sample(list(parts), times - len(order))
        self.random.shuffle(order)
        for part in order:
            self.pause(*every)
            self.kill(part, down)
            if ready:
                part.wait_ready()
