"""Whatever carts, vendors, links, clocks and the centre's own processes do: no order is ever with two carts,
none is forgotten, a step counts only from the cart that has the order, and an offer goes to the nearest
that may have it."""
from .dispatch_history import Guild, a_history
from .given import histories


@histories(40, history=a_history())
def test_an_order_finds_its_cart_or_ends(replay, history):
    Guild(replay, history).run()
