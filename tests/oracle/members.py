"""The rules of `members` (contract, section 5): who may be one, and who was first."""
import re

from .event import NotAnEvent, plate_from_person, read_object

PASSPORT = re.compile(r"[A-Z0-9]{5,20}")
ADDRESS = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]+")


def check_digit(number):
    """Modulus 11 of a Chilean id: weights 2 to 7 from the right, over and over; K is ten."""
    total, weight = 0, 2
    for digit in reversed(str(number)):
        total += int(digit) * weight
        weight = 2 if weight == 7 else weight + 1
    rest = 11 - total % 11
    return {11: "0", 10: "K"}.get(rest, str(rest))


def normal_rut(text):
    """`12345678-5`, or None where it is no rut or its digit is wrong."""
    found = re.fullmatch(r"(\d{1,3}(?:\.\d{3})+|\d+)-([0-9Kk])", text)
    if found is None:
        return None
    number, digit = int(found[1].replace(".", "")), found[2].upper()
    return f"{number}-{digit}" if check_digit(number) == digit else None


def person_of(application):
    """Who applies: a normal rut, or a passport; None where neither is right."""
    rut, passport = application.get("rut"), application.get("passport")
    if (rut is None) == (passport is None):
        return None
    if rut is not None:
        return normal_rut(rut) if isinstance(rut, str) else None
    return passport if isinstance(passport, str) and PASSPORT.fullmatch(passport) else None


def is_right(application):
    names = [application.get("name"), application.get("lastname")]
    return (isinstance(application.get("id"), str)
            and all(isinstance(name, str) and name.strip() for name in names)
            and person_of(application) is not None
            and isinstance(application.get("email"), str)
            and ADDRESS.fullmatch(application["email"]) is not None
            and isinstance(application.get("plate"), str)
            and plate_from_person(application["plate"]) is not None
            and isinstance(application.get("premium", False), bool))


class Members:
    """Takes applications in the order in which they are decided."""

    def __init__(self, auto_accept=False):
        self.first = "accepted" if auto_accept else "pending"
        self.rows = {}     # id: (person, plate, status)
        self.refused = []  # records that are no application

    def take(self, record):
        try:
            application = read_object(record.value)
        except NotAnEvent:
            application = {}
        if not is_right(application):
            self.refused.append(record)
            return
        if application["id"] in self.rows:
            return
        person, plate = person_of(application), plate_from_person(application["plate"])
        others = [row for row in self.rows.values() if row[2] != "rejected"]
        is_first = not any(person == row[0] or plate == row[1] for row in others)
        self.rows[application["id"]] = (person, plate, self.first if is_first else "pending")
