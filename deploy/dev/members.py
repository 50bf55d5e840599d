"""The guild's members of `./dev up`: each plate of the arguments gets a member, as an operator would
make one: an application, and its acceptance. Those that are members already are left alone, so it
may run at each start.
"""
import json
import os
import sys
import time
import urllib.error
import urllib.request

URL = os.environ["CARRITO_URL"] + "/api/v1"
HEADERS = {"Authorization": "Bearer " + os.environ["CARRITO_TOKEN"],
           "Content-Type": "application/json"}
APPLY_S = 30  # for Kafka and the role to have taken the applications
FIRST_RUT = 99_000_000
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy


def call(path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(URL + path, data, HEADERS)
    with OPENER.open(request, timeout=10) as answer:
        return json.load(answer)


def members(status):
    """{plate: rut} of all with that status, over the pages of the list."""
    found, cursor = {}, ""
    while cursor is not None:
        page = call(f"/members?limit=1000&status={status}{cursor}")
        found.update((row["plate"], row["rut"]) for row in page["items"])
        cursor = f"&cursor={page['next']}" if page["next"] else None
    return found


def rut(number):
    """With its check digit: weights 2 to 7 from the right, modulo 11."""
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(str(number))))
    return f"{number}-{'0K987654321'[total % 11]}"


def apply(plate, number):
    call("/members", {"name": "Socio", "lastname": plate, "rut": rut(FIRST_RUT + number),
                      "email": f"{plate.lower()}@example.org", "plate": plate, "premium": False})


def accept(person):
    try:
        call(f"/members/{person}/decision", {"accept": True})
    except urllib.error.HTTPError as error:
        if error.code != 409:  # decided meanwhile: CARRITO_MEMBERS_AUTO_ACCEPT=1
            raise


def main():
    plates = sys.argv[1:]
    waiting = set(plates) - set(members("accepted")) - set(members("pending"))
    for number, plate in enumerate(plates, 1):
        if plate in waiting:
            apply(plate, number)
    end = time.monotonic() + APPLY_S
    while missing := set(plates) - set(members("accepted")):
        for plate, person in members("pending").items():
            if plate in missing:
                accept(person)
        if time.monotonic() > end:
            sys.exit(f"not accepted within {APPLY_S} s: {', '.join(sorted(missing))}")
        time.sleep(0.1)


main()
