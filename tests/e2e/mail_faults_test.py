"""Every mail arrives, whatever the mail server does: refuses for now, hangs after the dot, dies and
comes back; what comes twice has the same Message-ID; what is refused for ever is said."""
import json
import secrets
import time
import hashlib
import hmac

import pytest

from harness.api import metric
from harness.programs import Collector
from harness.smtp import MailServer, certificate
from harness.wait import stays_true, wait_until
from harness.webhook import Hook

NO_KAFKA = "127.0.0.1:1"


def start(scene, server, name="collector", **env):
    """A collector that needs no Kafka: it serves the API and sends."""
    env = {"CARRITO_ROLES": "api,notify", "CARRITO_SMTP": server.url,
           "CARRITO_MAIL_FROM": "carrito@gremio.example", **env}
    return scene.add(Collector(scene.folder, NO_KAFKA, name, **env)).start().wait_ready()


def an_address():
    return f"ana-{secrets.token_hex(4)}@example.org"


def ask_for_mail(api, to=None):
    answer = api.request("POST", "/api/v1/mail/test", json={"to": to} if to else {})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def mail(api, identity, status):
    return next((m for m in api.items("/mails", status=status) if m["id"] == identity), None)


def wait_mail(api, identity, status, seconds=15):
    return wait_until(f"{identity} is {status}", lambda: mail(api, identity, status), seconds)


@pytest.fixture
def server(scene):
    return scene.add(MailServer()).start()


@pytest.fixture
def collector(scene, server):
    return start(scene, server, CARRITO_SMTP_TIMEOUT_S=3)


@pytest.fixture
def api(scene, collector):
    return scene.add(collector.sign_in())


def test_a_mail_arrives_readable(api, collector, server):
    to = an_address()
    identity = ask_for_mail(api, to)
    row = wait_mail(api, identity, "sent")
    assert row["attempts"] == 1 and row["answer"].startswith("250"), row
    (got,) = server.to(to)
    assert got["Subject"] == "Correo de prueba de carrito"
    assert "las ñ y los acentos" in got.get_content()
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["From"].addresses[0].addr_spec == "carrito@gremio.example"
    assert b"\n" not in got.raw.replace(b"\r\n", b"") and got.raw.isascii()
    page = api.request("GET", "/metrics").text
    assert metric(page, "carrito_notifications_total", channel="mail", result="sent") == 1
    sent = [line for line in collector.text().splitlines() if 'msg="mail sent"' in line]
    assert len(sent) == 1 and "level=info" in sent[0] and f"id={identity}" in sent[0], sent


def test_what_a_server_hears_is_ascii(api, server):
    """A domain of other signs, with the blanks that a person copied along."""
    name = f"ana-{secrets.token_hex(4)}"
    identity = ask_for_mail(api, f"\u00a0{name}@ñuñoa.example \n")
    assert wait_mail(api, identity, "sent")["recipient"] == f"{name}@xn--uoa-6mab.example"
    (got,) = server.to(f"{name}@xn--uoa-6mab.example")
    assert got.raw.isascii() and not got.smtputf8


def test_refused_for_now_then_taken(api, server):
    server.after_dot = lambda mail, times: "451 not now" if times < 3 else None
    identity = ask_for_mail(api, an_address())
    deferred = wait_until("a refusal is seen", lambda: (m := mail(api, identity, "waiting"))
                          and m["answer"] and m, 10)
    assert deferred["answer"].startswith("451 not now")
    row = wait_mail(api, identity, "sent")
    assert row["attempts"] == 3
    assert len({m["Message-ID"] for m in server.given}) == 1
    assert len({m.raw for m in server.given}) == 1, "a repetition has other bytes"


@pytest.mark.parametrize("where, answer, attempts", [
    ("at_rcpt", "550 5.1.1 no such user", 1), ("after_dot", "554 I do not like it", 1),
    # Without an enhanced status it may be about us: until another mail is taken.
    ("at_rcpt", "550 no such user", 2)])
def test_refused_for_ever_is_said_and_holds_nobody(api, server, where, answer, attempts):
    bad, good = an_address(), an_address()
    if where == "at_rcpt":
        server.at_rcpt = lambda address: answer if address == bad else None
    else:
        server.after_dot = lambda mail, times: \
            answer if bad in mail.recipients else None
    failed, sent = ask_for_mail(api, bad), ask_for_mail(api, good)
    row = wait_mail(api, failed, "failed")
    assert row["answer"] == answer and row["attempts"] == attempts, row
    wait_mail(api, sent, "sent")
    assert len(server.to(good)) == 1 and server.to(bad) == []


@pytest.mark.parametrize("answer", [
    "554 5.7.1 <{}>: Relay access denied", "550 relaying denied",
    "504 5.5.2 <host>: Helo command rejected: need fully-qualified hostname"])
def test_what_every_recipient_is_told_is_about_us(api, collector, server, answer):
    server.at_rcpt = answer.format
    wanted = [ask_for_mail(api, an_address()) for _ in range(6)]
    wait_until("the log says what to set", lambda: [
        line for line in collector.text().splitlines()
        if "takes no mail from us" in line and "set=" in line and "smtp_ehlo" in line], 10)
    stays_true("all wait", lambda: len(api.items("/mails", status="waiting")) == 6, 3)
    server.at_rcpt = lambda address: None
    for identity in wanted:
        wait_mail(api, identity, "sent", 30)
    told = [line for line in collector.text().splitlines() if "takes no mail from us" in line]
    assert len(told) == 1, told


def test_the_name_for_ehlo_can_be_set(scene, server):
    api = scene.add(start(scene, server, CARRITO_SMTP_EHLO="carrito.example.org").sign_in())
    wait_mail(api, ask_for_mail(api, an_address()), "sent")
    assert server.ehlo == "carrito.example.org"


def test_one_that_hangs_after_the_dot_holds_nobody(api, server):
    slow = an_address()
    server.after_dot = lambda mail, times: 20 if slow in mail.recipients and times == 1 else None
    hanging = ask_for_mail(api, slow)
    wait_until("it hangs", lambda: server.given, 5)
    began = time.monotonic()
    others = [ask_for_mail(api, an_address()) for _ in range(20)]
    for identity in others:
        wait_mail(api, identity, "sent", 5)
    assert time.monotonic() - began < 3, "the others waited for the one that hangs"
    row = wait_mail(api, hanging, "sent", 15)
    assert row["attempts"] == 2
    assert len([m for m in server.given if slow in m.recipients]) == 2
    assert len({m["Message-ID"] for m in server.given if slow in m.recipients}) == 1


def test_a_server_that_dies_and_comes_back_gets_all(api, server):
    before = [ask_for_mail(api, an_address()) for _ in range(5)]
    for identity in before:
        wait_mail(api, identity, "sent")
    server.stop()
    during = [ask_for_mail(api, an_address()) for _ in range(30)]
    time.sleep(2)
    assert len(api.items("/mails", status="waiting")) == 30
    began = time.monotonic()
    assert api.request("GET", "/healthz").status_code == 200 and time.monotonic() - began < 0.5
    server.start()
    for identity in during:
        wait_mail(api, identity, "sent", 20)
    assert sorted(server.ids()) == sorted(set(server.ids())) and len(server.ids()) == 35


def test_another_process_sends_once_the_first_is_dead(scene, server):
    server.stop()
    first = start(scene, server)
    second = start(scene, server, "second", CARRITO_STORE=first.env["CARRITO_STORE"])
    api = scene.add(second.sign_in())
    wanted = [ask_for_mail(api, an_address()) for _ in range(10)]
    time.sleep(1)
    first.kill()
    server.start()
    for identity in wanted:
        wait_mail(api, identity, "sent", 25)
    assert len(server.ids()) == len(set(server.ids())) == 10


def test_without_a_server_mails_are_skipped(scene, server):
    api = scene.add(start(scene, server, CARRITO_SMTP="").sign_in())
    wait_mail(api, ask_for_mail(api, an_address()), "skipped")
    assert server.given == []


def test_tls_is_used_and_verified(scene):
    context, cafile = certificate(scene.folder)
    server = scene.add(MailServer(tls_context=context, require_starttls=True)).start()
    trusting = scene.add(start(scene, server, CARRITO_SMTP_CAFILE=cafile).sign_in())
    wait_mail(trusting, ask_for_mail(trusting, an_address()), "sent")
    wary = scene.add(start(scene, server, "wary", store=scene.folder / "wary.db").sign_in())
    identity = ask_for_mail(wary, an_address())
    row = wait_until("the refusal is seen", lambda: (m := mail(wary, identity, "waiting"))
                     and m["answer"] and m, 10)
    assert "certificate" in row["answer"], row
    assert len(server.given) == 1


@pytest.mark.parametrize("to", ["ana", "ana@x.cl\r\nBcc: b@x.cl", "ana@x.cl, b@x.cl", "", 7, None])
def test_what_is_no_address_is_refused(api, server, to):
    answer = api.request("POST", "/api/v1/mail/test", json={"to": to})
    assert answer.status_code == 422 and answer.json()["field"] == "to", answer.text
    assert server.given == []


def block_somebody(collector, api):
    """Raises an alert; its subject."""
    victim, _ = collector.add_user("viewer")
    for _ in range(6):
        api.request("POST", "/api/v1/login", json={"user": victim, "password": "wrong"})
    return victim


def test_an_alert_is_mailed_posted_acknowledged_and_cleared(scene, server):
    hook = scene.add(Hook())
    secret = scene.folder / "secret"
    secret.write_text("Jefe\n")
    collector = start(scene, server, CARRITO_ALERT_MAIL="jefa@example.org, jefe@example.org",
                      CARRITO_WEBHOOK=hook.url, CARRITO_WEBHOOK_SECRET_FILE=secret)
    api = scene.add(collector.sign_in())
    victim = block_somebody(collector, api)
    (alert,) = wait_until("the alert", lambda: [
        a for a in api.items("/alerts", kind="login-blocked") if a["subject"] == victim], 10)
    assert alert["severity"] == "MAJOR" and alert["status"] == "ACTIVE_UNACK"
    wait_until("both mails", lambda: len(server.taken) == 2, 10)
    assert {m["Subject"] for m in server.taken} == {f"[alerta] cuenta bloqueada: {victim}"}
    assert {m.recipients[0] for m in server.taken} == {"jefa@example.org", "jefe@example.org"}
    page = api.request("GET", "/metrics").text
    assert metric(page, "carrito_alerts_active", kind="login-blocked") == 1
    assert 'carrito_alerts_active{kind="disk-low"}' in page

    acked = api.request("POST", f"/api/v1/alerts/{alert['id']}/ack")
    assert acked.status_code == 200 and acked.json()["status"] == "ACTIVE_ACK"
    again = api.request("POST", f"/api/v1/alerts/{alert['id']}/ack")
    assert again.status_code == 200 and again.json() == acked.json()
    cleared = api.request("POST", f"/api/v1/alerts/{alert['id']}/clear")
    assert cleared.json()["status"] == "CLEARED_ACK" and cleared.json()["ended"]
    assert api.request("POST", f"/api/v1/alerts/{'0' * 32}/ack").status_code == 404
    assert api.items("/alerts", status="ACTIVE_UNACK", kind="login-blocked") == []
    wait_until("the mails of its end", lambda: len(server.taken) == 4, 10)

    want = {f"{alert['id']}/{s}" for s in ("ACTIVE_UNACK", "ACTIVE_ACK", "CLEARED_ACK")}
    wait_until("the posts, each twice", lambda: len(hook.posts) >= 6, 15)
    assert {headers["X-Carrito-Id"] for headers, _ in hook.posts} == want
    for headers, body in hook.posts:
        at = headers["X-Carrito-Time"]
        assert abs(int(at) - time.time()) < 60
        told = f"{at}.{headers['X-Carrito-Id']}.".encode() + body
        proof = hmac.new(b"Jefe", told, hashlib.sha256).hexdigest()
        assert headers["X-Carrito-Signature"] == f"sha256={proof}"
        assert json.loads(body)["subject"] == victim
    stays_true("no more posts", lambda: len(hook.posts) == 6, 1)


def test_a_redirection_is_told_with_its_address_and_not_followed(scene, server):
    hook = scene.add(Hook(308, location="https://elsewhere.example/hook"))
    collector = start(scene, server, CARRITO_WEBHOOK=hook.url)
    block_somebody(collector, scene.add(collector.sign_in()))
    wait_until("the post, again", lambda: len(hook.posts) >= 2, 10)
    (told,) = [line for line in collector.text().splitlines() if "alert not posted" in line]
    assert "308" in told and "https://elsewhere.example/hook" in told, told
    assert "outcome=deferred" in told, told
    stays_true("it has been taken", lambda: len(hook.posts) == 2, 2)


def test_a_stop_waits_for_what_is_being_sent(scene, server):
    """A post and a mail take a second and more; neither goes again after the next start."""
    hook = scene.add(Hook(204, seconds=1.5))
    server.after_dot = lambda mail, times: time.sleep(1)
    collector = start(scene, server, CARRITO_WEBHOOK=hook.url, CARRITO_ALERT_MAIL="j@example.org")
    block_somebody(collector, scene.add(collector.sign_in()))
    wait_until("both are there", lambda: hook.posts and server.given, 10)
    assert collector.terminate() == 0
    collector.start().wait_ready()
    stays_true("neither goes again",
               lambda: len(hook.posts) == 1 and len(server.given) == 1, 4)
