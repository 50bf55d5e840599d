"""A cart has one plate, however people spell it, at each of the centre's doors."""
import random
import string

from harness.api import Api
from harness.people import applicant
from harness.wait import wait_until


def chilean():
    """One that no other test has: four consonants and two figures."""
    return "".join(random.SystemRandom().choices("BCDFGHJKLPRSTVWXYZ", k=4)) + \
        "".join(random.SystemRandom().choices(string.digits, k=2))


def spellings(cart):
    """As in the field: of one cart each of these made a member of its own."""
    return [cart, f"{cart[:4]}-{cart[4:]}", f"{cart[0]}-{cart[1:]}", f"{cart}-K",
            f" {cart[:2]}·{cart[2:4]}.{cart[4:]} ".lower()]


def post(api, path, body):
    answer = api.request("POST", "/api/v1" + path, json=body)
    assert answer.status_code in (200, 201, 202), answer.text
    return answer.json()


def test_every_door_knows_it(centre):
    cart = chilean()
    ways = spellings(cart)
    for number, way in enumerate(ways):
        post(Api(centre.api.base), "/members", applicant(plate=way, email=f"a{number}@example.cl"))
    rows = wait_until("all of them", lambda: (found := [
        row for row in centre.api.items("/members") if row["plate"] == cart])
        and len(found) == len(ways) and found, 20)
    assert sum(row["conflict"] is None for row in rows) <= 1
    taken = [centre.api.request("POST", f"/api/v1/members/{row['id']}/decision",
                                json={"accept": True}).status_code for row in rows]
    assert sorted(taken) == [200] + [409] * (len(ways) - 1)
    member = next(row for row, status in zip(rows, taken) if status == 200)
    other = chilean()
    changed = post(centre.api, f"/members/{member['id']}/plate", {"plate": spellings(other)[4]})
    assert changed["plate"] == other
    refused = centre.api.request("POST", f"/api/v1/members/{changed['id']}/plate",
                                 json={"plate": ways[2]})  # the other applications wait for it
    assert refused.status_code == 422 and refused.json()["field"] == "plate", refused.text

    epochs = {post(centre.api, "/sales", {"cart": way, "quantity": 1})["epoch"] for way in ways}
    assert len(epochs) == 1
    for way in ways:
        assert post(centre.api, "/stock", {"cart": way, "stock": 50})["cart"] == cart
        wait_until("its receipts", lambda way=way: len(centre.api.items("/sales", cart=way)) ==
                   len(ways), 20)
        wait_until("the cart", lambda way=way: centre.api.request(
            "GET", f"/api/v1/carts/{way}").status_code == 200, 20)
        assert centre.api.get(f"/carts/{way}")["cart"] == cart
        assert [row["cart"] for row in centre.api.items("/carts", q=way)] == [cart]


def test_a_vendor_of_one_spelling_is_of_all(centre):
    cart = chilean()
    name = "v" + cart.lower()
    post(centre.api, "/users", {"name": name, "role": "vendor", "cart": spellings(cart)[4],
                                "password": "sopaipillas-con-pebre"})
    answer = post(Api(centre.api.base), "/login",
                  {"user": name, "password": "sopaipillas-con-pebre"})
    vendor = Api(centre.api.base, answer["token"])
    assert vendor.get("/me")["cart"] == cart
    for way in spellings(cart):
        assert post(vendor, "/stock", {"cart": way, "stock": 5})["cart"] == cart
    other = vendor.request("POST", "/api/v1/stock", json={"cart": cart[:5] + "-" + str(
        (int(cart[5]) + 1) % 10), "stock": 1})
    assert other.status_code == 403


def test_reports_of_all_spellings_are_of_one_cart(centre):
    cart = chilean()
    for way in spellings(cart):
        post(Api(centre.api.base), "/reports", {"cart": way, "lat": -33.4, "lon": -70.6})
    wait_until("the reports", lambda: sum(
        row["cart"] == cart for row in centre.api.items("/reports")) == 5, 20)
