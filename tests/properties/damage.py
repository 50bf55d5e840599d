"""Damages of an outbox's file or its log, as cards make them."""
PAGE, SECTOR = 4096, 512


def read(path):
    return path.read_bytes() if path.exists() else b""


def damaged(parts, chance):
    """A copy of (file, log) with one damage."""
    parts = [bytearray(part) for part in parts]
    part = chance.choice([part for part in parts if part])
    kind = chance.choice(["bit", "sector", "cut", "swap"])
    at = chance.randrange(len(part))
    if kind == "bit":
        part[at] ^= 1 << chance.randrange(8)
    elif kind == "sector":
        at -= at % SECTOR
        part[at:at + SECTOR] = bytes(len(part[at:at + SECTOR]))
    elif kind == "cut":
        del part[at:]
    else:
        one, other = (chance.randrange(len(part) // PAGE) * PAGE for _ in range(2))
        part[one:one + PAGE], part[other:other + PAGE] = (part[other:other + PAGE],
                                                          part[one:one + PAGE])
    return kind, parts
