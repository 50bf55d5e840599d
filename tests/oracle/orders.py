"""The rules of `orders` in `auto` (contract, section 5): every order goes through four states."""
import re

from .event import NotAnEvent, read_object
from .members import ADDRESS

AUTO = ("recibido", "preparando", "entregando", "finalizado")
LAST = ("finalizado", "cancelado", "fallido")
PRICE_MAX, QUANTITY_MAX, PRODUCT_MAX = 10_000_000, 1000, 100


def read(text):
    """A request that counts, or None."""
    try:
        order = read_object(text)
    except NotAnEvent:
        return None
    product, price = order.get("product"), order.get("price")
    quantity, email = order.get("quantity", 1), order.get("email")
    right = (re.fullmatch(r"[0-9a-f]{32}", str(order.get("id")))
             and isinstance(product, str) and 1 <= len(product) <= PRODUCT_MAX
             and isinstance(price, int) and 0 <= price <= PRICE_MAX
             and isinstance(quantity, int) and 1 <= quantity <= QUANTITY_MAX
             and isinstance(email, str) and ADDRESS.fullmatch(email))
    return {**order, "quantity": quantity} if right else None


class Orders:
    """Takes requests; an id counts once."""

    def __init__(self):
        self.orders = {}
        self.refused = []

    def take(self, record):
        order = read(record.value)
        if order is None:
            self.refused.append(record)
        else:
            self.orders.setdefault(order["id"], order)


def wrong_history(status, states):
    """What is wrong with an order's states, in the order of their times; or None."""
    ranks = [AUTO.index(state) for state in states if state in AUTO]
    if not states or states[0] != "recibido":
        return f"it does not begin with recibido: {states}"
    if ranks != sorted(set(ranks)) or any(state in LAST for state in states[:-1]):
        return f"it goes back, or on after its end: {states}"
    return None if states[-1] == status else f"it is {status} after {states}"
