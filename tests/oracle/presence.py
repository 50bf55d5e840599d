"""What carts say of their own sums (contract, sections 3 and 5): when a day is complete."""
import json


class Presence:
    """Takes the records of carrito.presence, those of a cart in their order."""

    def __init__(self, calendar):
        self.calendar = calendar
        self.epochs = {}  # cart: the epoch that its last state named
        self.counts = {}  # (cart, epoch, day): (sums, is it final)
        self.heard = {}   # cart: Kafka's time of its last word here

    def take(self, record):
        kind = record.headers.get("ce_type")
        if kind not in ("state", "heartbeat"):
            return
        try:
            said = json.loads(record.value)
        except ValueError:
            return
        if kind == "state":
            self.epochs[record.key] = said.get("epoch")
        if record.headers.get("retained") is None and said.get("state") != "lost":
            self.heard[record.key] = max(record.append_ms, self.heard.get(record.key, 0))
        epoch = said.get("epoch") or self.epochs.get(record.key)
        if said.get("state") == "lost" or epoch is None:
            return
        said_ms = min(said["ts_ms"], record.append_ms)  # a clock that is ahead makes no later day
        for row in said.get("counts") or []:
            is_final = (said.get("state") == "offline"
                        or self.calendar.day_of(said_ms) > row["day"])
            sums = (row["sales"], row["quantity"], row["amount"])
            self.counts[record.key, epoch, row["day"]] = (sums, is_final)

    def complete(self, day, cart, ours):
        """True, False, or None while nobody can know; `ours`: {epoch: (sales, quantity, amount)}."""
        theirs = {epoch: told for (of, epoch, at), told in self.counts.items()
                  if of == cart and at == day}
        epochs = {epoch for epoch in ours.keys() | theirs.keys()
                  if epoch in ours or any(theirs[epoch][0])}
        agree = [ours.get(epoch, (0, 0, 0)) == theirs[epoch][0] for epoch in epochs
                 if epoch in theirs]
        final = all(epoch in theirs and theirs[epoch][1] for epoch in epochs)
        if not final:
            return None
        return all(agree) if epochs else None
