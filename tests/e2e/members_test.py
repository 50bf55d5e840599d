"""Whoever applies for membership is checked, has a plate of their own, and hears what was decided."""
import csv
import io
import json
import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from harness.api import Api
from harness.events import plate
from harness.people import applicant, rut
from harness.wait import wait_until


def row_of(api, **members):
    """The one row with these members."""
    found = [row for row in api.items("/members")
             if all(row[key] == value for key, value in members.items())]
    return found[0] if found else None


def apply(api, body, **headers):
    return api.request("POST", "/api/v1/members", json=body, headers=headers)


@pytest.fixture
def stranger(centre):
    return Api(centre.api.base)


def test_from_application_to_membership(centre, stranger):
    one = applicant(premium=True)
    number, _, digit = one["rut"].partition("-")
    answer = apply(stranger, {**one, "rut": f"{int(number):,}".replace(",", ".") + "-" + digit.lower(),
                              "plate": one["plate"].lower()})
    assert answer.status_code == 202
    assert answer.json()["rut"] == one["rut"] and answer.json()["status"] == "pending"
    row = wait_until("the application", lambda: row_of(centre.api, rut=one["rut"]), 15)
    assert row["status"] == "pending" and row["plate"] == one["plate"] and row["premium"] is True
    assert row["passport"] is None and row["decided"] is None and row["applied"]

    path = f"/api/v1/members/{one['rut']}/decision"
    assert stranger.request("POST", path, json={"accept": True}).status_code == 401
    assert centre.api.request("POST", path, json={"accept": "yes"}).status_code == 422
    decided = centre.api.request("POST", path, json={"accept": True, "reason": "papeles en regla"})
    assert decided.status_code == 200 and decided.json()["status"] == "accepted"
    assert decided.json()["rut"] == one["rut"] and decided.json()["decided"]
    again = centre.api.request("POST", path, json={"accept": False})
    assert again.status_code == 409 and again.json()["code"] == "decided"
    assert row["id"] in {r["id"] for r in centre.api.items("/members", status="accepted")}
    assert row["id"] not in {r["id"] for r in centre.api.items("/members", premium="false")}
    mails = [m for m in centre.api.items("/mails") if row["id"] in m["id"]]
    assert [m["recipient"] for m in mails] == [one["email"]]
    record, = [r for r in centre.kafka.records("carrito.members")
               if r.key() == one["rut"].encode()]
    assert record.partition() == 1 and json.loads(record.value())["id"] == row["id"]


def decide(api, row, **body):
    return api.request("POST", f"/api/v1/members/{row['id']}/decision", json=body)


def test_a_stranger_hears_nothing_of_others_and_people_decide(centre, stranger):
    """A taken plate and a taken person wait, marked for operators; their mails say the same."""
    first = applicant(rut=None, passport="AB" + secrets.token_hex(4).upper())
    assert apply(stranger, first).json()["passport"] == first["passport"]
    row = wait_until("the first", lambda: row_of(centre.api, passport=first["passport"]), 15)
    assert row["conflict"] is None
    assert decide(centre.api, row, accept=True).json()["status"] == "accepted"
    second = applicant(plate=first["plate"], email=f"b{secrets.token_hex(4)}@example.cl")
    third = {**first, "plate": plate("M"), "email": f"c{secrets.token_hex(4)}@example.cl"}
    for body, conflict in ((second, "plate"), (third, "person")):
        answer = apply(stranger, body)
        assert answer.status_code == 202 and answer.json()["status"] == "pending"
        row = wait_until("it waits", lambda email=body["email"]: row_of(centre.api, email=email), 15)
        assert (row["status"], row["reason"], row["conflict"]) == ("pending", None, conflict)
        taken = decide(centre.api, row, accept=True)
        assert taken.status_code == 409 and taken.json()["code"] == "member-taken", taken.text
        rejected = decide(centre.api, row, accept=False)
        assert rejected.status_code == 200 and rejected.json()["status"] == "rejected"
        assert rejected.json()["conflict"] is None
    text = centre.api.request("GET", "/api/v1/members?format=csv&status=rejected").text
    assert second["rut"] in {line["rut"] for line in csv.DictReader(io.StringIO(text))}
    missing = centre.api.request("POST", f"/api/v1/members/{rut()}/decision", json={"accept": True})
    assert missing.status_code == 404


@pytest.mark.parametrize("field,value", [
    ("rut", "12345678-9"), ("rut", "rut"), ("rut", None), ("passport", "AB12345"), ("name", ""),
    ("name", "  "), ("lastname", None), ("email", "ana"), ("email", "a@b\r\nBcc: c@d"),
    ("plate", "A"), ("plate", "ÑÑÑ"), ("plate", None), ("premium", "yes")])
def test_what_is_malformed_names_its_field(stranger, field, value):
    answer = apply(stranger, applicant(**{field: value}))
    assert answer.status_code == 422, answer.text[:300]
    named = "rut" if field == "passport" else field  # both are given
    assert answer.json()["field"] == named


def test_a_member_leaves_on_a_day_that_was(centre, stranger):
    one = applicant()
    apply(stranger, one)
    row = wait_until("the application", lambda: row_of(centre.api, rut=one["rut"]), 15)
    assert decide(centre.api, row, accept=True).status_code == 200
    today = datetime.now(ZoneInfo("America/Santiago")).date()
    path = f"/api/v1/members/{row['id']}/leave"
    for day in (today + timedelta(2), today - timedelta(2), "soon"):
        refused = centre.api.request("POST", path, json={"date": str(day)})
        assert refused.status_code == 422 and refused.json()["field"] == "date", refused.text
    assert row_of(centre.api, id=row["id"])["status"] == "accepted"
    gone = centre.api.request("POST", path, json={"date": str(today)})
    assert gone.status_code == 200 and gone.json()["status"] == "left" and gone.json()["left"]


def test_the_same_key_is_one_application(centre, stranger):
    one, key = applicant(), secrets.token_hex(8)
    answers = [apply(stranger, one, **{"Idempotency-Key": key}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    wait_until("the application", lambda: row_of(centre.api, rut=one["rut"], status="pending"), 15)


def test_who_may_not_see_members(centre):
    for role in ("viewer", "tracker"):
        api = centre.collector.sign_in(role)
        assert api.request("GET", "/api/v1/members").status_code == 403
        assert api.request("POST", f"/api/v1/members/{rut()}/decision",
                           json={"accept": True}).status_code == 403


@pytest.mark.parametrize("address", [
    "\u200bana@example.cl", "\u202eana@example.cl", "\ufeffana@example.cl", "ana\u00ad@example.cl",
    "ana\u0085@example.cl", "ana\u2028@example.cl", "ana@-x.cl", "ñandú@example.cl"])
def test_an_address_that_is_none_is_refused(centre, stranger, address):
    for path, body in (("/members", applicant(email=address)),
                       ("/orders", {"product": "sopaipilla", "price": 500, "email": address})):
        answer = stranger.request("POST", f"/api/v1{path}", json=body)
        assert answer.status_code == 422 and answer.json()["field"] == "email", answer.text
    answer = centre.api.request("POST", "/api/v1/mail/test", json={"to": address})
    assert answer.status_code == 422 and answer.json()["field"] == "to", answer.text
