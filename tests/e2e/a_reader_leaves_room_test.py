"""Whoever reads much at once, with one token or several of his own, holds up nobody else: of his calls that
take long eight are in hand or wait, and the rest is told to come again."""
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from harness.api import Api
from harness.programs import Collector

AT_ONCE = 40
SHARE = 8
# One more is begun beside the other's, and one ends while it is on its way.
BEFORE_THE_OTHER = SHARE + 2
# Two days of many clients, who are counted when somebody asks for both days together.
FIRST_DAY, SPAN = 18000, {"group": "guild", "from": "2019-04-14", "to": "2019-04-15"}
CLIENTS = 200_000


def _sell_to_many(store):
    with sqlite3.connect(store) as office:
        office.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO client_groups (level, span, client, parts) SELECT 0, ? + i % 2, 'client ' || i, 1 FROM n",
            (CLIENTS, FIRST_DAY))
    office.close()


def test_forty_calls_of_one_token_hold_up_no_other(scene):
    collector = scene.add(Collector(scene.folder, "127.0.0.1:1"))
    collector.add_user("viewer")  # makes the store
    _sell_to_many(collector.store)
    collector.start()
    collector.wait_store()
    greedy, other = collector.sign_in("viewer"), collector.sign_in("viewer")
    ended = []  # times at which the greedy one's were answered

    def read(_):
        answer = Api(greedy.base, greedy.token).request("GET", "/api/v1/daily-sales", params=SPAN, timeout=60)
        if answer.status_code == 200:
            ended.append(time.monotonic())
        return answer

    assert other.items("/daily-sales", **SPAN)[0]["clients"] == CLIENTS
    with ThreadPoolExecutor(AT_ONCE) as pool:
        flood = [pool.submit(read, i) for i in range(AT_ONCE)]
        while sum(one.running() or one.done() for one in flood) < AT_ONCE and not ended:
            threading.Event().wait(0.01)
        begun = time.monotonic()
        answer = other.request("GET", "/api/v1/daily-sales", params=SPAN, timeout=60)
        answered = time.monotonic()
        answers = [one.result() for one in flood]
    assert answer.status_code == 200, answer.text
    before = sum(begun <= one <= answered for one in ended)
    assert before <= BEFORE_THE_OTHER, f"{before} of the other's reads were before it"
    assert {one.status_code for one in answers} == {200, 503}, [one.status_code for one in answers]
    for refused in (one for one in answers if one.status_code == 503):
        assert refused.json()["code"] == "busy" and refused.headers["Retry-After"]
    assert len(ended) >= SHARE
    # What was taken is given back.
    assert greedy.request("GET", "/api/v1/daily-sales", params=SPAN).status_code == 200
