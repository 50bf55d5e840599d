"""Nobody learns from the time of an answer whether an account exists, or is blocked: 200 tries each
on unknown names, on accounts with a wrong password, and on a blocked one with the right password.

The test is Kolmogorov and Smirnov's for two samples, on each pair: it sees any difference between
the distributions. Tries of the three kinds alternate in random order, so that what else the machine
does falls on all alike."""
import itertools
import math
import random
import time

from harness.api import Api
from harness.chaos import Chaos
from harness.programs import Collector

TRIES = 200
PER_ACCOUNT = 4  # the fifth would block it
ALPHA = 0.001    # of a false alarm, for each pair


def kolmogorov_smirnov(one, other):
    """The largest distance of the two empirical distributions, and its probability where they are
    the same (asymptotic: Smirnov 1948)."""
    def share(sample, at):
        return sum(x <= at for x in sample) / len(sample)

    distance = max(abs(share(one, at) - share(other, at)) for at in one + other)
    size = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    scaled = (size + 0.12 + 0.11 / size) * distance
    tail = 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))
    return distance, min(1.0, max(0.0, tail)) if scaled > 0.2 else 1.0


def test_the_test_itself_tells_a_shift_of_a_millisecond():
    dice = random.Random(1)
    one, same = ([dice.gauss(80, 2) for _ in range(TRIES)] for _ in range(2))
    assert kolmogorov_smirnov(one, same)[1] > ALPHA
    assert kolmogorov_smirnov(one, [x + 1.5 for x in same])[1] < ALPHA


def test_unknown_wrong_and_blocked_take_the_same_time(scene):
    chaos = Chaos("sign-in times")
    collector = scene.add(Collector(scene.folder, "127.0.0.1:1", CARRITO_LOGIN_BLOCK_S=3600))
    name, password = collector.add_user("admin")
    collector.start()
    collector.wait_store()
    api = scene.add(Api(f"http://{collector.http}"))

    def login(user, word):
        begun = time.perf_counter()
        answer = api.request("POST", "/api/v1/login", json={"user": user, "password": word})
        return answer, (time.perf_counter() - begun) * 1000

    admin = scene.add(Api(api.base, login(name, password)[0].json()["token"]))
    users = [f"user{i:04}" for i in range(TRIES // PER_ACCOUNT)]
    for user in users + ["barred"]:
        made = admin.request("POST", "/api/v1/users", json={"name": user, "role": "viewer",
                                                            "password": "sopaipillas"})
        assert made.status_code == 201
    for _ in range(5):
        assert login("barred", "sopaipillas")[0].status_code == 200

    tries = [("unknown", f"nobo{i:04}", "sopaipilla", 401) for i in range(len(users))] * PER_ACCOUNT
    tries += [("wrong", user, "sopaipilla", 401) for user in users] * PER_ACCOUNT
    tries += [("blocked", "barred", "sopaipillas", 429)] * TRIES
    chaos.random.shuffle(tries)
    times = {"unknown": [], "wrong": [], "blocked": []}
    for kind, user, word, status in tries:
        answer, took_ms = login(user, word)
        assert answer.status_code == status, (kind, user, answer.text)
        times[kind].append(took_ms)
    for kind, taken in times.items():
        taken = sorted(taken)
        print(f"{kind}: p10 {taken[20]:.1f} median {taken[100]:.1f} p90 {taken[180]:.1f} ms")
    for one, other in itertools.combinations(times, 2):
        distance, probability = kolmogorov_smirnov(times[one], times[other])
        print(f"{one} and {other}: D = {distance:.3f}, p = {probability:.3f}")
        assert probability > ALPHA, f"{one} and {other} are told apart: {distance:.3f}"
