"""A flood of sign-ins costs two hashes at once and sixteen in the queue; the rest is told to come
again, and whoever writes something else is not held up."""
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

from harness.api import Api
from harness.people import applicant

AT_ONCE = 40


def test_too_many_at_once_are_503_and_writes_go_on(centre):
    base = centre.api.base

    def sign_in(_):
        answer = Api(base).request("POST", "/api/v1/login", json={
            "user": f"nobody-{secrets.token_hex(4)}", "password": "sopaipillas"})
        return answer.status_code, answer.headers.get("Retry-After")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        flood = [pool.submit(sign_in, i) for i in range(AT_ONCE)]
        time.sleep(0.1)
        begun = time.monotonic()
        applied = Api(base).request("POST", "/api/v1/members", json=applicant())
        took = time.monotonic() - begun
        hashing = sum(not one.done() for one in flood)
        answers = [one.result() for one in flood]
    assert applied.status_code == 202 and took < 1, took
    assert hashing > 0, "the flood was over before the other request was answered"
    assert {status for status, _ in answers} == {401, 503}
    refused = [wait for status, wait in answers if status == 503]
    assert all(wait for wait in refused) and len(answers) - len(refused) >= 16
