"""POST /login takes a form as well as JSON, in both of HTML's types; but never from another site's page,
which could try passwords by its visitors' browsers, and lock them out of where they work."""
import secrets

import pytest

from harness.api import Api

PATH = "/api/v1/login"
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
ODD = "ñandú & 100 % = «sí» +1"


@pytest.fixture
def stranger(centre):
    api = Api(f"http://{centre.collector.http}")
    yield api
    api.close()


def add_user(centre, password, role="viewer"):
    name = "u" + secrets.token_hex(4)
    added = centre.api.request("POST", "/api/v1/users",
                               json={"name": name, "role": role, "password": password})
    assert added.status_code == 201, added.text
    return name


@pytest.mark.parametrize("password", [ODD, "a" * 256, "ñ" * 200, "una clave larga"])
def test_a_form_of_either_type_signs_in(centre, stranger, password):
    name = add_user(centre, password)
    fields = {"user": name, "password": password}
    answers = [stranger.request("POST", PATH, data=fields),
               stranger.request("POST", PATH, files={k: (None, v) for k, v in fields.items()})]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text + answers[1].text
    for answer in answers:
        assert Api(stranger.base, answer.json()["token"]).get("/me")["user"] == name
    wrong = stranger.request("POST", PATH, data={**fields, "password": "otra clave larga"})
    assert wrong.status_code == 401 and wrong.json()["code"] == "bad-login"


def test_a_form_counts_as_the_sign_in_that_it_is(centre, stranger):
    name = add_user(centre, ODD)
    statuses = [stranger.request("POST", PATH, data={"user": name, "password": "no"}).status_code
                for _ in range(6)]
    assert statuses == [401] * 5 + [429]


@pytest.mark.parametrize("body,status,code", [
    (b"", 400, "bad-form"),
    (b"user=ana&user=eva&password=una+clave+larga", 400, "bad-form"),
    (b"user=ana&password=%ff%fe", 400, "bad-form"),
    (b"user=ana&password=a%00b", 400, "bad-form"),
    (b"&".join(b"f%d=1" % i for i in range(40)), 400, "bad-form"),
    (b"user=ana", 422, "invalid"),
    (b"user=&password=una+clave+larga", 422, "invalid"),
    (b"user=" + b"a" * 65 + b"&password=una+clave+larga", 422, "invalid"),
])
def test_what_is_no_form_is_told(stranger, body, status, code):
    answer = stranger.request("POST", PATH, data=body, headers=URLENCODED)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


@pytest.mark.parametrize("body", [b"", b"--b\r\n", b"--b\r\nContent-Disposition: form-data; name=\"user\""
                                  b"\r\n\r\nana", b"user=ana&password=una+clave+larga"])
def test_what_is_cut_is_no_form(stranger, body):
    answer = stranger.request("POST", PATH, data=body,
                              headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-form"), answer.text
    answer = stranger.request("POST", PATH, data=body, headers={"Content-Type": "multipart/form-data"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-form"), answer.text


@pytest.mark.parametrize("headers,taken", [
    ({"Sec-Fetch-Site": "same-origin", "Origin": "http://carrito.example"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "null"}, False),
])
def test_another_sites_page_sends_none(centre, stranger, headers, taken):
    name = add_user(centre, ODD)
    judged = centre.collector.text().count("msg=sign-in ")
    answer = stranger.request("POST", PATH, headers=headers, data={"user": name, "password": ODD})
    assert answer.status_code == (200 if taken else 415), answer.text
    assert centre.collector.text().count("msg=sign-in ") - judged == taken


@pytest.mark.parametrize("headers,taken", [
    ({}, True),
    ({"Sec-Fetch-Site": "same-origin", "Content-Type": "text/plain"}, True),
    ({"Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"}, False),
    ({"Origin": "https://evil.example", **URLENCODED}, False),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "https://evil.example", "Content-Type": "application/json"}, True),  # asked for before
])
def test_no_page_of_another_site_says_where_a_cart_is(centre, stranger, headers, taken):
    """The words of Basic go with whatever a browser that knows them is made to send."""
    name = add_user(centre, ODD, "operator")
    given = centre.api.request("POST", "/api/v1/tokens", json={"name": name, "role": "tracker", "days": 1})
    answer = stranger.request("POST", "/pub", headers=headers, data=b'{"_type":"lwt","tst":1}',
                              auth=(name, given.json()["token"]))
    assert answer.status_code == (200 if taken else 415), answer.text


def test_other_routes_take_none(stranger):
    answer = stranger.request("POST", "/api/v1/reports", data={"lat": "-33.4", "lon": "-70.6"})
    assert answer.status_code == 415
