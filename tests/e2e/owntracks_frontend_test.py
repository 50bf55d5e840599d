"""OwnTracks' Frontend (2.15), and whoever knows the Recorder's read API, is answered as by the
Recorder: the requests are those of the Frontend's src/api.js, in its order, and each member of the
answers that its code reads is there, of the type that it takes."""
import csv
import io
import time
import uuid
import xml.etree.ElementTree as xml
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

import pytest
import requests

from harness.events import plate
from harness.wait import wait_until

GPX = "{http://www.topografix.com/GPX/1/1}"
# What src/views/Map.vue and its popup take: (member, type, whether they can do without).
READ = [("_type", str, False), ("topic", str, False), ("username", str, False),
        ("device", str, False), ("tst", int, False), ("lat", float, False), ("lon", float, False),
        ("acc", (int, float), True), ("alt", (int, float), True), ("batt", (int, float), True),
        ("vel", (int, float), True), ("inregions", list, True)]


class Frontend:
    """fetchApi(): URLSearchParams in the order of the code, and nothing but `*/*` is accepted."""

    def __init__(self, base, auth):
        self.base, self.auth = base, auth

    def ask(self, path, **params):
        return requests.get(f"{self.base}{path}{'?' if params else ''}{urlencode(params)}",
                            auth=self.auth, timeout=15, headers={
                                "Accept": "*/*", "Sec-Fetch-Mode": "cors", "Accept-Language": "de"})

    def get(self, path, **params):
        answer = self.ask(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def history(self, device, start, end):
        stamps = [moment.strftime("%Y-%m-%dT%H:%M:%S") for moment in (start, end)]
        return self.get("/api/0/locations", **{"from": stamps[0], "to": stamps[1]},
                        user="carrito", device=device, format="json")["data"]


@pytest.fixture(name="told")
def three_positions(centre):
    """(Frontend, plate, second of the last of three positions a minute apart)."""
    name, cart, now = f"view-{uuid.uuid4().hex[:8]}", plate(), int(time.time())
    given = centre.api.request("POST", "/api/v1/tokens",
                               json={"name": name, "role": "viewer", "days": 1})
    for age in (120, 60, 0):
        sent = centre.api.request("POST", f"/pub?u=ana&d={cart.lower()}", json={
            "_type": "location", "lat": -33.44 + age / 1e5, "lon": -70.65, "tst": now - age,
            "acc": 14, "batt": 81})
        assert sent.status_code == 200
    frontend = Frontend(centre.api.base, (name, given.json()["token"]))
    wait_until("three positions", lambda: len(frontend.history(
        cart, datetime.now(timezone.utc) - timedelta(hours=1), datetime.now(timezone.utc))) == 3, 10)
    return frontend, cart, now


def check(location):
    for member, kind, spare in READ:
        assert (spare and member not in location) or isinstance(location[member], kind), member


def test_what_it_loads_at_its_start_is_there(told):
    frontend, cart, now = told
    users = frontend.get("/api/0/list")["results"]
    devices = {user: frontend.get("/api/0/list", user=user)["results"] for user in users}
    assert users == ["carrito"] and cart in devices["carrito"]
    for location in frontend.get("/api/0/last"):
        check(location)
    last, = frontend.get("/api/0/last", user="carrito", device=cart)
    check(last)
    assert (last["username"], last["device"], last["tst"]) == ("carrito", cart, now)
    assert (last["acc"], last["batt"]) == (14, 81)
    end = datetime.now(timezone.utc).replace(hour=23, minute=59, second=59)
    found = frontend.history(cart, end - timedelta(days=31), end)  # its span: a month
    assert [one["tst"] for one in found] == [now - 120, now - 60, now]
    for location in found:
        check(location)
    assert frontend.get("/api/0/version")["version"]


def test_a_browser_is_told_to_ask_for_name_and_password(told):
    frontend, _, _ = told
    stranger = Frontend(frontend.base, None).ask("/api/0/list")
    assert stranger.status_code == 401
    assert "Basic realm=" in stranger.headers["WWW-Authenticate"]
    console = requests.get(frontend.base + "/api/v1/carts", timeout=15)
    assert "Basic" not in console.headers["WWW-Authenticate"], "the console asks by itself"


def test_without_a_web_socket_it_goes_on(told):
    frontend, _, _ = told
    answer = requests.get(frontend.base + "/ws/last", timeout=15, headers={
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
    assert answer.status_code == 404


def test_each_format_of_the_recorder(told):
    frontend, cart, now = told

    def ask(**params):
        answer = frontend.ask("/api/0/locations", user="carrito", device=cart, **params)
        assert answer.status_code == 200, answer.text
        return answer

    points = ask(format="geojson").json()["features"]
    assert [point["geometry"]["type"] for point in points] == ["Point"] * 3
    line = ask(format="linestring").json()["geometry"]
    assert line["type"] == "LineString" and line["coordinates"][2] == [-70.65, -33.44]
    table = list(csv.DictReader(io.StringIO(ask(format="csv").text)))
    assert [row["tst"] for row in table] == [str(now - 120), str(now - 60), str(now)]
    answer = ask(format="gpx")
    assert answer.headers["Content-Type"].startswith("application/gpx+xml")
    track = xml.fromstring(answer.content).findall(f"{GPX}trk/{GPX}trkseg/{GPX}trkpt")
    assert [float(point.get("lat")) for point in track][2] == -33.44
    assert [one["tst"] for one in ask(limit=1).json()["data"]] == [now], "the newest"
    assert set(ask(fields="tst,lat").json()["data"][0]) == {"tst", "lat"}
    last, = frontend.get("/api/0/last", user="carrito", device=cart, fields="tid,tst")
    assert last == {"tid": cart[-2:], "tst": now}


def test_times_are_the_recorders(told):
    frontend, cart, now = told
    for length in (4, 7, 10, 13, 16, 19):  # from the year to the second: the begin of that span
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))[:length]
        found = frontend.ask("/api/0/locations", user="carrito", device=cart, **{"from": text})
        assert found.status_code == 200 and found.json()["data"][-1]["tst"] == now, text
    for text in ("202", "2026-", "2026-11-3", "2026-13", "2026-11-30T24", "2026-11-30T00:0"):
        refused = frontend.ask("/api/0/locations", user="carrito", device=cart, **{"from": text})
        assert refused.status_code == 400 and refused.json()["field"] == "from", text


def test_what_a_later_client_asks_besides_is_passed_over(told):
    frontend, cart, now = told
    last, = frontend.get("/api/0/last", user="carrito", device=cart, tid="x", ghash="1")
    assert last["tst"] == now


def test_names_are_the_recorders(told):
    frontend, cart, _ = told
    found = frontend.get("/api/0/locations", user="CARRITO", device=cart.lower())
    assert found["count"] == len(found["data"]) == 3 and found["status"] == 200
    assert frontend.get("/api/0/locations", user="ana", device=cart)["data"] == []
    assert frontend.get("/api/0/last", user="ana") == []
    assert frontend.get("/api/0/list", user="ana")["results"] == []


@pytest.mark.parametrize("field, status, query", [
    ("user", 400, {"device": "BBCL23"}), ("device", 400, {"user": "carrito"}),
    ("from", 400, {"user": "carrito", "device": "BBCL23", "from": "yesterday"}),
    ("limit", 400, {"user": "carrito", "device": "BBCL23", "limit": "0"}),
    ("format", 422, {"user": "carrito", "device": "BBCL23", "format": "kml"})])
def test_what_it_cannot_answer_it_says(told, field, status, query):
    answer = told[0].ask("/api/0/locations", **query)
    assert (answer.status_code, answer.json()["field"]) == (status, field)
