"""People as tests make them up: a RUT with its check digit, an application for membership."""
import secrets

from .events import plate


def check_digit(number):
    """Modulus 11, as the registry publishes it."""
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(str(number))))
    return "0K987654321"[total % 11]


def rut():
    """One that no other test has."""
    number = 5_000_000 + secrets.randbelow(20_000_000)
    return f"{number}-{check_digit(number)}"


def applicant(**members):
    return {"name": "Ana", "lastname": "Soto", "rut": rut(), "email": "ana@example.cl",
            "plate": plate("M"), "premium": False, **members}
