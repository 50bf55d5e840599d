"""Judges a centre that runs and is at rest:

    cd tests && python3 -m oracle --brokers 127.0.0.1:9092 --url http://127.0.0.1:8080 --token T

Prints what is not as the topics say it should be, a line each, and exits 1 where there is any."""
import argparse
import sys

import requests

from .days import Calendar
from .live import Judge


def lists_of(url, token):
    """Reads whole lists of the API."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {token}"

    def get(path, **query):
        items, query = [], {"limit": 1000, **query}
        while True:
            answer = session.get(f"{url}/api/v1{path}", params=query, timeout=30)
            answer.raise_for_status()
            page = answer.json()
            items += page["items"]
            if page.get("next") is None:
                return items
            query["cursor"] = page["next"]

    return get


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--brokers", required=True)
    words.add_argument("--url", required=True)
    words.add_argument("--token", required=True)
    words.add_argument("--tz", default="America/Santiago")
    words.add_argument("--day-start", default="00:00")
    words.add_argument("--grace", type=int, default=300)
    given = words.parse_args()
    judge = Judge(given.brokers, lists_of(given.url, given.token),
                  Calendar(given.tz, given.grace, {"0001-01-01": given.day_start}))
    found = 0
    for line in judge.differences():
        print(line)
        found += 1
    print(f"{found} differences", file=sys.stderr)
    sys.exit(1 if found else 0)


main()
