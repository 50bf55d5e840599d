"""A plain HTTP client of the collector's API."""
import requests


class Api:
    """One session with a bearer token; what is not 2xx raises, where not asked for otherwise."""

    def __init__(self, base, token=None):
        self.base = base
        self.token = token
        self._session = requests.Session()
        self._session.trust_env = False
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def request(self, method, path, **options):
        options.setdefault("timeout", 15)
        return self._session.request(method, self.base + path, **options)

    def get(self, path, **query):
        answer = self.request("GET", "/api/v1" + path, params=query)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def items(self, path, **query):
        """A whole list, over its pages."""
        query.setdefault("limit", 1000)
        found = []
        while True:
            page = self.get(path, **query)
            found += page["items"]
            if page.get("next") is None:
                return found
            query["cursor"] = page["next"]

    def find(self, path, **asked):
        """The same of a list that is asked for in the body."""
        asked.setdefault("limit", 1000)
        found = []
        while True:
            answer = self.request("POST", f"/api/v1{path}/find", json=asked)
            assert answer.status_code == 200, f"POST {path}/find: {answer.status_code} {answer.text[:300]}"
            found += answer.json()["items"]
            if answer.json()["next"] is None:
                return found
            asked["cursor"] = answer.json()["next"]

    def daily(self, **query):
        return {(row["day"], row["cart"]): row for row in self.items("/daily-sales", **query)}

    def cart(self, cart):
        return self.get(f"/carts/{cart}")

    def close(self):
        self._session.close()


def metric(text, name, **labels):
    """The sum of the samples of a metric whose labels are among those given; 0 where there is none."""
    total = 0.0
    for row in text.splitlines():
        if row.startswith("#") or not row.startswith(name):
            continue
        sample, _, value = row.rpartition(" ")
        series, _, inside = sample.partition("{")
        if series == name and all(f'{k}="{v}"' in inside for k, v in labels.items()):
            total += float(value)
    return total
