"""Whoever has a list or a row already, by its ETag, is told so with 304 and sent it again only once it changed."""
import pytest

from harness.events import Outbox, line
from harness.wait import wait_until


@pytest.mark.parametrize("path", ["/daily-sales?cart={}", "/sales?cart={}", "/sales?cart={}&format=csv&limit=10",
                                  "/daily-sales?cart={}&group=month", "/carts/{}"])
def test_an_answer_is_sent_once_until_it_changes(centre, path):
    cart = Outbox()

    def ask(etag=None):
        headers = {"If-None-Match": etag} if etag else {}
        return centre.api.request("GET", "/api/v1" + path.format(cart.cart), headers=headers)

    def sell():
        for event in (cart.location(), cart.sale(2, client=f"Ana {cart.seq}")):
            topic = "carrito.sales" if event["type"] == "sale" else "carrito.locations"
            centre.kafka.produce(topic, cart.cart, line(event))

    sell()
    wait_until("the cart and its sale", lambda: centre.api.items("/sales", cart=cart.cart) and
               centre.api.items("/carts", q=cart.cart), 15)
    wait_until("an answer that stays", lambda: ask().content == ask().content, 10)
    first = ask()
    etag = first.headers["ETag"]
    for known in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        same = ask(known)
        assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", etag), known
    assert ask('"other"').content == first.content
    sell()
    wait_until("another answer", lambda: ask(etag).status_code == 200, 15)
    changed = ask(etag)
    assert changed.headers["ETag"] != etag and changed.content != first.content


def test_what_is_no_answer_has_no_tag(centre):
    for path, status in (("/api/v1/daily-sales?group=none", 422), ("/api/v1/carts/NOBODY-1", 404)):
        refused = centre.api.request("GET", path, headers={"If-None-Match": "*"})
        assert refused.status_code == status and "ETag" not in refused.headers
    whole = centre.api.request("GET", "/api/v1/sales?format=csv", headers={"If-None-Match": "*"})
    assert whole.status_code == 200 and "ETag" not in whole.headers
