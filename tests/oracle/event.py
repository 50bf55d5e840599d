"""Reads an event as section 2 of the contract says; what is no event is refused with a reason."""
import json
import math
import re

BYTES_MAX = 4096
DEPTH_MAX = 3
AMOUNT_MAX = 10**9
INTEGER_MAX = 2**53 - 1
PLATE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,15}")
NATIONAL = re.compile(r"[A-Z]{2}\d{4}|[A-Z]{2}\d{3}|(?!SIM)[A-Z]{3}\d{3}|"
                      r"(?![A-Z]*[AEIOUMNQ])([A-Z]{4}\d{2}|[A-Z]{5}\d|[A-Z]{3}\d{2}|[A-Z]{4}\d)")
EPOCH = re.compile(r"[0-9a-f]{16,32}")
TYPES = ("sale", "void", "location", "stock", "order", "clock")
CLOCKS = ("gps", "ntp", "rtc", "none")


def plate_from_person(text):
    """The plate that a person means, or None: spellings of a Chilean one are one."""
    text = re.sub("[\u00ad\u200b-\u200f\u2060\ufeff]", "", text).strip().upper()
    text = re.sub("[\u2010-\u2015\u2212]", "-", re.sub("[\u00b7\u2022]", ".", text))
    for spelt in (text, re.sub(r"[\s.]*-[\s.-]*[0-9K]$", "", text)):
        signs = re.sub(r"[\s.-]", "", spelt)
        if NATIONAL.fullmatch(signs):
            return signs
    return text if PLATE.fullmatch(text) else None


class NotAnEvent(Exception):
    """Says why."""


def _refuse_unless(condition, why):
    if not condition:
        raise NotAnEvent(why)


def _no_twins(pairs):
    _refuse_unless(len({key for key, _ in pairs}) == len(pairs), "a key comes twice")
    return dict(pairs)


def _no_constant(name):
    raise NotAnEvent(f"{name} is no number")


def _depth(value):
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


def read_object(text):
    """A JSON object that a stranger sent."""
    _refuse_unless(len(text.encode("utf-8", "surrogatepass")) <= BYTES_MAX, "too long")
    try:
        found = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except ValueError as error:
        raise NotAnEvent(str(error)) from error
    _refuse_unless(isinstance(found, dict), "no object")
    _refuse_unless(_depth(found) <= DEPTH_MAX, "too deep")
    return found


def _integer(event, name, low, high=INTEGER_MAX, required=False):
    value = event.get(name)
    if name not in event:
        _refuse_unless(not required, f"{name} is missing")
        return
    _refuse_unless(isinstance(value, (int, float)) and not isinstance(value, bool)
                   and math.isfinite(value) and value == int(value), f"{name} is no integer")
    _refuse_unless(low <= value <= high, f"{name} is out of range")
    event[name] = int(value)


def _number(event, name, low=-math.inf, high=math.inf, required=False):
    value = event.get(name)
    if name not in event:
        _refuse_unless(not required, f"{name} is missing")
        return
    _refuse_unless(isinstance(value, (int, float)) and not isinstance(value, bool)
                   and math.isfinite(value) and low <= value <= high, f"{name} is no such number")


def _text(event, name, low, high, required=False):
    value = event.get(name)
    if name not in event:
        _refuse_unless(not required, f"{name} is missing")
        return
    _refuse_unless(isinstance(value, str) and low <= len(value) <= high, f"{name} is no such text")


def _identity(event):
    _refuse_unless(PLATE.fullmatch(str(event.get("cart"))), "cart is no plate")
    if event["type"] == "location" and event.get("source") == "owntracks":
        return
    _refuse_unless(EPOCH.fullmatch(str(event.get("epoch"))), "epoch is none")
    _integer(event, "seq", 1, required=True)


def _of_sale(event):
    _integer(event, "receipt", 1, required=True)
    _integer(event, "quantity", 1, 10_000, required=True)
    _integer(event, "amount", 0)
    if event.get("amount", 0) > AMOUNT_MAX:  # of an agent that knew no limit: a sale without one
        del event["amount"]
    _text(event, "client", 1, 64)
    if "client" in event:
        event["client"] = event["client"].strip(" \t")
        _refuse_unless(event["client"], "client is blank")
    _number(event, "lat", -90, 90, required="lon" in event)
    _number(event, "lon", -180, 180, required="lat" in event)
    _integer(event, "fix_ms", 0)


def _of_void(event):
    _integer(event, "receipt", 1, required=True)
    _text(event, "reason", 0, 200)


def _of_location(event):
    _number(event, "lat", -90, 90, required=True)
    _number(event, "lon", -180, 180, required=True)
    _integer(event, "created_ms", 0)


def _of_stock(event):
    _integer(event, "stock", 0, required=True)


def _of_order(event):
    _text(event, "order", 1, 64, required=True)
    _text(event, "status", 1, 32, required=True)


def _of_clock(event):
    _text(event, "boot", 1, 64, required=True)
    _integer(event, "boot_ms", 0, required=True)


_KINDS = {"sale": _of_sale, "void": _of_void, "location": _of_location, "stock": _of_stock,
          "order": _of_order, "clock": _of_clock}


def read(text):
    """The event, with its client trimmed."""
    event = read_object(text)
    _refuse_unless(event.get("v") in (0, 1) and not isinstance(event["v"], bool), "v is unknown")
    _refuse_unless(event.get("type") in TYPES, "type is unknown")
    _identity(event)
    _integer(event, "ts_ms", 0, required=True)
    _refuse_unless(event.get("clock") in CLOCKS, "clock is unknown")
    _text(event, "boot", 1, 64)
    _integer(event, "boot_ms", 0)
    _integer(event, "stock", 0)
    _KINDS[event["type"]](event)
    return event
