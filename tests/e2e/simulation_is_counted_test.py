"""Synthetic events that an operator asks for are counted as a cart's own, where it is allowed."""
import random

from harness.api import Api
from harness.wait import wait_until


def _ask(api, **members):
    return api.request("POST", "/api/v1/simulations", json=members)


def test_a_simulation_of_200_events_shows_in_daily_sales(centre):
    api = centre.api
    before = {row["cart"] for row in api.items("/daily-sales")}
    asked = _ask(api, kind="events", carts=5, events=200, seed=random.randrange(2**40))
    assert asked.status_code == 202, asked.text
    path = f"/simulations/{asked.json()['id']}"
    done = wait_until("the simulation", lambda: api.get(path)["state"] == "done" and api.get(path),
                      10)
    assert (done["kind"], done["produced"], done["total"]) == ("events", 200, 200)

    # Of each cart's 40 events the first and each fourth after it is a position: 30 sales.
    def sold():
        rows = [row for row in api.items("/daily-sales") if row["cart"] not in before]
        return sum(row["sales"] for row in rows) >= 150 and rows
    rows = wait_until("the sales", sold, 15)
    assert [row["sales"] for row in rows] == [30] * 5
    assert all(row["cart"].startswith("SIM") for row in rows)
    assert api.request("GET", "/api/v1/simulations/nothing").status_code == 404


def test_what_a_simulation_may_be_is_limited(centre):
    for wrong in ({"kind": "parades", "events": 1}, {"kind": "events"},
                  {"kind": "events", "events": 100001}, {"kind": "events", "events": 1, "carts": 0},
                  {"kind": "events", "events": 1, "carts": 1001}):
        answer = _ask(centre.api, **wrong)
        assert answer.status_code == 422 and answer.json()["field"] in (
            "kind", "events", "carts"), answer.text


def test_a_centre_that_does_not_allow_it_refuses(centre):
    strict = centre.make_collector(name="strict", store=centre.collector.store,
                                   CARRITO_ROLES="api", CARRITO_SIMULATIONS=0)
    strict.start()
    strict.wait_ready()
    api = centre.scene.add(Api(f"http://{strict.http}", centre.api.token))
    refused = _ask(api, kind="events", events=1)
    assert (refused.status_code, refused.json()["code"]) == (403, "no-simulations")
