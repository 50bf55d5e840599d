"""GET /orders/waits and `carritoctl orders waits`: how long orders waited, by cart and by the hour."""
import csv
import datetime
import io
import zoneinfo

from harness.programs import ctl
from harness.wait import wait_until

FIGURES = ("wait_median_s", "wait_p90_s", "way_median_s", "way_p90_s", "refused", "unanswered")


def hour_of(text):
    time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return f"{time.astimezone(zoneinfo.ZoneInfo('America/Santiago')).hour:02d}"


def test_an_order_is_in_the_row_of_its_hour(centre):
    body = {"product": "sopaipilla", "price": 500, "email": "ana@example.cl"}
    order = centre.api.request("POST", "/api/v1/orders", json=body).json()["id"]
    done = wait_until("it is done", lambda: (row := centre.api.get(f"/orders/{order}")) and
                      row["status"] == "finalizado" and row, 20)
    began = done["history"][0]["time"]
    after = (datetime.datetime.fromisoformat(began.replace("Z", "+00:00")) +
             datetime.timedelta(milliseconds=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    row, = centre.api.items("/orders/waits", group="hour", **{"from": began, "to": after})
    assert (row["hour"], row["cart"], row["orders"], row["taken"]) == (hour_of(began), None, 1, 1)
    assert all(row[name] == 0 for name in FIGURES), row
    assert centre.api.items("/orders/waits", to="2001") == []
    assert sum(one["orders"] for one in centre.api.items("/orders/waits")) >= 1
    assert centre.api.request("GET", "/api/v1/orders/waits?group=day").status_code == 422

    table = ctl(centre.api.token, centre.collector, "orders", "waits", "--group", "hour", "--from", began,
                "--csv")
    assert table.returncode == 0, table.stderr
    rows = list(csv.DictReader(io.StringIO(table.stdout)))
    assert rows and set(FIGURES) <= set(rows[0]) and rows[0]["wait_median_s"] == "0"
