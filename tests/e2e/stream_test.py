"""GET /stream tells operators what happens, within a second, to many at once; who was away goes on
where it was, or is told to ask again."""
import time

import requests

from harness.api import Api
from harness.cart import PahoCart
from harness.listener import Listener, listening
from harness.wait import wait_until


def test_a_sale_a_position_and_a_level_are_told_at_once(centre, scene):
    listener = listening(scene, centre.api)
    cart = scene.add(PahoCart(centre.mqtt_port))
    began = time.time()
    cart.send([cart.outbox.sale(quantity=3, amount=1500, client="<b>Ana</b>", stock=17),
               cart.outbox.location(-33.45, -70.66)])
    wait_until("the sale", lambda: listener.of("sale", cart.cart), 5)
    heard = time.time() - began
    sale = listener.of("sale", cart.cart)[0]
    assert (sale["quantity"], sale["amount"], sale["client"]) == (3, 1500, "<b>Ana</b>")
    wait_until("the position", lambda: listener.of("position", cart.cart), 5)
    wait_until("the level", lambda: listener.of("stock", cart.cart), 5)
    assert listener.of("stock", cart.cart)[0]["stock"] == 17
    assert listener.of("position", cart.cart)[0]["lat"] == -33.45
    assert heard < 5
    assert listener.of("consumer"), "the roles are told at the beginning"


def test_who_comes_back_misses_nothing_and_is_told_nothing_twice(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    listener = listening(scene, centre.api)
    cart.send([cart.outbox.sale()])
    wait_until("the first sale", lambda: listener.of("sale", cart.cart), 5)
    listener.close()
    cart.send([cart.outbox.sale()])
    cart.wait_acked()
    again = scene.add(Listener(centre.api, last_event_id=listener.last_id))
    wait_until("the second sale", lambda: again.of("sale", cart.cart), 5)
    assert [sale["receipt"] for sale in again.of("sale", cart.cart)] == [2]


def test_a_place_that_is_gone_is_a_reset(centre, scene):
    listening(scene, centre.api)
    stranger = scene.add(Listener(centre.api, last_event_id="00000000-17"))
    wait_until("the reset", lambda: stranger.of("reset"), 5)


def test_two_hundred_listen_at_once(centre, scene):
    first = listening(scene, centre.api)
    others = [scene.add(Listener(centre.api, last_event_id=first.last_id)) for _ in range(199)]
    cart = scene.add(PahoCart(centre.mqtt_port))
    cart.send([cart.outbox.sale(quantity=7)])
    for listener in [first, *others]:
        wait_until("each hears the sale", lambda: listener.of("sale", cart.cart), 10)


def test_a_long_array_reaches_all_and_each_at_its_own_moment(centre, scene):
    first = listening(scene, centre.api)
    listeners = [first, *(scene.add(Listener(centre.api)) for _ in range(19))]
    wait_until("all are greeted", lambda: all(one.last_id for one in listeners), 5)
    wait_until("they come apart", lambda: _apart_s(scene.add(PahoCart(centre.mqtt_port)), listeners) > 0.1,
               15)  # not each time: what is urgent goes to all at once, with what waits for them


def _apart_s(cart, listeners):
    """Seconds from the first client that gets a long array to the last one."""
    cart.send([cart.outbox.location(-33.45 - n / 1000, -70.66) for n in range(60)])
    for listener in listeners:
        wait_until("every position", lambda: len(listener.of("position", cart.cart)) == 60, 5)
    moments = [moment for listener in listeners
               for (name, data), moment in zip(listener.events, listener.moments)
               if name == "position" and len([one for one in data if one["cart"] == cart.cart]) > 45]
    return max(moments, default=0) - min(moments, default=0)


def test_without_a_token_there_is_no_stream(centre):
    answer = requests.get(f"{centre.api.base}/api/v1/stream", timeout=5)
    assert answer.status_code == 401


def test_a_stream_ends_with_its_token(centre, scene):
    """And tells nothing any more, from a second after on."""
    made = centre.api.request("POST", "/api/v1/tokens",
                              json={"name": "a-board", "role": "viewer", "days": 1}).json()
    others = listening(scene, centre.api)
    listener = listening(scene, Api(centre.api.base, made["token"]))
    cart = scene.add(PahoCart(centre.mqtt_port))
    cart.send([cart.outbox.sale()])
    wait_until("the first sale", lambda: listener.of("sale", cart.cart), 5)
    assert centre.api.request("DELETE", f"/api/v1/tokens/{made['id']}").status_code == 204
    time.sleep(1.1)
    cart.send([cart.outbox.sale()])
    wait_until("the second sale, to others", lambda: len(others.of("sale", cart.cart)) == 2, 5)
    wait_until("the stream's end", listener.over, 5)
    assert [sale["receipt"] for sale in listener.of("sale", cart.cart)] == [1]


def test_what_is_told_is_said_to_be_stored_once_it_is(centre, scene):
    """A role that is behind holds that back; who asks when it is said finds what was told."""
    listener = listening(scene, centre.api)
    cart = scene.add(PahoCart(centre.mqtt_port))
    ask(centre, "stop")
    wait_until("it stands", lambda: not sales_run(centre), 10)
    try:
        cart.send([cart.outbox.sale(quantity=3, amount=1500)])
        wait_until("the sale", lambda: listener.of("sale", cart.cart), 5)
        told = listener.last_id
        time.sleep(1)
        assert not any(number(one["id"]) >= number(told) for one in listener.of("stored"))
    finally:
        ask(centre, "start")
    wait_until("it is stored", lambda: any(number(one["id"]) >= number(told)
                                           for one in listener.of("stored")), 15)
    assert [row["quantity"] for row in centre.api.items("/daily-sales", cart=cart.cart)] == [3]


def ask(centre, what):
    answer = centre.api.request("POST", f"/api/v1/consumers/sales/{what}")
    assert answer.status_code == 202, answer.text


def sales_run(centre):
    return next(one for one in centre.api.items("/consumers")
                if one["role"] == "sales")["state"] != "stopped"


def number(event_id):
    return int(event_id.split("-")[1])
