"""The web pages as a client sees them that is no browser: signing in, who may come where, and what is refused."""

import base64
import hashlib
import hmac
import html
import http.client
import os
import re
import ssl
import struct
import sys
import time
import urllib.parse

from harness import World, refused

CONTEXT = ssl.create_default_context()
CONTEXT.check_hostname = False
CONTEXT.verify_mode = ssl.CERT_NONE


class Browser:
    """Keeps cookies and the token of forms, as a browser does."""

    def __init__(self, world):
        self.port, self.cookies, self.token = world.port, {}, ""

    def ask(self, method, path, form=None, headers=None):
        line = http.client.HTTPSConnection("127.0.0.1", self.port, context=CONTEXT, timeout=60)
        sent = dict(headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        line.request(method, path, body, sent)
        answer = line.getresponse()
        self.body, self.headers = answer.read(), answer.headers
        self.text = self.body.decode(errors="replace")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            assert "Secure" in cookie and "HttpOnly" in cookie and "SameSite=" in cookie, cookie
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        found = re.search(r'name="token" value="([0-9a-f]+)"', self.text)
        self.token = found.group(1) if found else self.token
        line.close()
        return answer.status

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers)

    def post(self, path, **form):
        return self.ask("POST", path, {"token": self.token, **form})

    def sign_in(self, name, passphrase, to="/"):
        self.get("/sign-in")
        proof = re.search(r'name="form_token" value="([0-9a-f]+)"', self.text).group(1)
        return self.ask("POST", "/sign-in", {"form_token": proof, "name": name, "passphrase": passphrase, "to": to})


# Every address and the status that each may expect: nobody, officer, staff, manager, administrator.
DOORS = [
    ("GET", "/assets/tefter.css", 200, 200, 200, 200, 200),
    ("GET", "/assets/nothing.css", 404, 404, 404, 404, 404),
    ("GET", "/nowhere", 404, 404, 404, 404, 404),
    ("GET", "/sign-in", 200, 303, 303, 303, 303),
    ("POST", "/sign-in", 403, 403, 403, 403, 403),
    ("GET", "/language/xx", 404, 404, 404, 404, 404),
    ("POST", "/sign-out", 401, 403, 403, 403, 403),
    ("POST", "/account/passphrase", 401, 403, 403, 403, 403),
    ("POST", "/account/strength", 401, 403, 403, 403, 403),
    ("POST", "/account/code", 401, 403, 403, 403, 403),
    ("POST", "/account/code/confirm", 401, 403, 403, 403, 403),
    ("POST", "/account/code/remove", 401, 403, 403, 403, 403),
    ("POST", "/new/law", 401, 403, 403, 403, 403),
    ("POST", "/delete/law/1", 401, 403, 403, 403, 403),
    ("POST", "/review/person", 401, 403, 403, 403, 403),
    ("GET", "/odata/person/$count", 401, 401, 401, 401, 401),
    ("GET", "/", 401, 200, 200, 200, 200),
    ("GET", "/account", 401, 200, 200, 200, 200),
    ("GET", "/figures/C1", 401, 200, 200, 200, 200),
    ("GET", "/figures/Z9", 401, 404, 404, 404, 404),
    ("GET", "/?beneficiary=AL&gender=female&from=2026&to=2026-06", 401, 200, 200, 200, 200),
    ("GET", "/?beneficiary=Atlantis", 401, 400, 400, 400, 400),
    ("GET", "/?from=2026-02-30", 401, 400, 400, 400, 400),
    ("GET", "/figures/C1?cut=moon", 401, 400, 400, 400, 400),
    ("GET", "/activities", 401, 200, 200, 200, 200),
    ("GET", "/activities/none", 401, 404, 404, 404, 404),
    ("GET", "/people", 401, 403, 200, 403, 200),
    ("GET", "/registers", 401, 403, 200, 200, 200),
    ("GET", "/registers/law", 401, 403, 200, 200, 200),
    ("GET", "/registers/person", 401, 403, 200, 403, 200),
    ("GET", "/registers/staff_user", 401, 403, 403, 403, 200),
    ("GET", "/registers/nothing", 401, 403, 404, 404, 404),
    ("GET", "/registers/topic/finance", 401, 403, 200, 200, 200),
    ("GET", "/registers/person/1", 401, 403, 404, 403, 404),
    ("GET", "/registers/law?skip=x", 401, 403, 400, 400, 400),
    ("GET", "/proof/topic/finance", 401, 200, 200, 200, 200),
    ("GET", "/proof/staff_user/1", 401, 404, 404, 404, 404),
    ("GET", "/new/law", 401, 403, 200, 403, 200),
    ("GET", "/new/beneficiary", 401, 403, 404, 403, 200),
    ("GET", "/new/device", 401, 403, 404, 403, 404),
    ("GET", "/edit/topic/finance", 401, 403, 200, 403, 200),
    ("POST", "/edit/topic/finance", 401, 403, 403, 403, 403),
    ("GET", "/review", 401, 403, 200, 403, 200),
    ("GET", "/review/people", 401, 403, 200, 403, 200),
    ("GET", "/review/stopped", 401, 403, 200, 403, 200),
    ("GET", "/files/1", 401, 403, 404, 403, 404),
    ("POST", "/files/topic/finance", 401, 403, 403, 403, 403),
    ("GET", "/review/erasures", 401, 403, 200, 403, 200),
    ("POST", "/review/erasures/ask", 401, 403, 403, 403, 403),
    ("POST", "/review/erasures/approve", 401, 403, 403, 403, 403),
    ("POST", "/review/conflict", 401, 403, 403, 403, 403),
    ("GET", "/known", 401, 403, 200, 403, 200),
    ("POST", "/known/release", 401, 403, 403, 403, 403),
    ("GET", "/devices", 401, 403, 200, 200, 200),
    ("POST", "/devices/invite", 401, 403, 403, 403, 403),
    ("POST", "/devices/grant", 401, 403, 403, 403, 403),
    ("POST", "/devices/revoke", 401, 403, 403, 403, 403),
    ("GET", "/exports", 401, 403, 200, 200, 200),
    ("GET", "/exports/indicators", 401, 403, 200, 200, 200),
    ("GET", "/exports/all/xlsx", 401, 403, 200, 403, 200),
    ("GET", "/exports/all/exe", 401, 403, 404, 403, 404),
    ("GET", "/exports/register/topic", 401, 403, 200, 403, 200),
    ("GET", "/exports/register/device", 401, 403, 404, 403, 404),
    ("GET", "/verify", 200, 200, 200, 200, 200),
    ("GET", "/verify?code=TEFTER-C-nonsense", 200, 200, 200, 200, 200),
    ("GET", "/documents/indicators/2026", 401, 403, 200, 200, 200),
    ("GET", "/documents/indicators/soon", 401, 403, 404, 404, 404),
    ("GET", "/documents/badges/none", 401, 403, 400, 403, 400),
    ("POST", "/documents/badges/none", 401, 403, 403, 403, 403),
    ("GET", "/documents/person/1", 401, 403, 400, 403, 400),
    ("GET", "/odata/", 401, 401, 401, 401, 401),
    ("GET", "/odata/person", 401, 401, 401, 401, 401),
    ("POST", "/account/feed", 401, 403, 403, 403, 403),
    ("GET", "/known", 401, 403, 200, 403, 200),
    ("POST", "/known/release", 401, 403, 403, 403, 403),
    ("GET", "/access", 401, 403, 403, 403, 200),
    ("POST", "/access/user", 401, 403, 403, 403, 403),
    ("GET", "/?from=2026-06&to=2026-01", 401, 400, 400, 400, 400),
]


def code_now(secret):
    """RFC 6238, as a telephone does it."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def check_codes_for_administrators(world, name, passphrase):
    """Where the server is told so, a role has its account alone until it has codes; a passphrase is then not enough."""
    world.stop()
    refused(lambda: world.server("serve", "--codes-for", "king"), 2, "codes_for", "king")
    world.serving = lambda: ["--codes-for", "administrator"]
    world.start()
    assert Browser(world).sign_in("Mira", passphrase) == 303, "another role is asked for nothing"
    one = Browser(world)
    assert one.sign_in(name, passphrase) == 303
    for path in ("/", "/people", "/access", "/events"):
        assert one.get(path) == 303 and one.headers["Location"] == "/account", path
    assert one.get("/account") == 200 and "one-time code as well" in one.text
    assert one.post("/account/feed") == 303 and 'id="token"' not in one.text, "nor a feed that would go around it"
    one.get("/account")
    assert one.post("/account/code") == 303
    one.get("/account")
    secret = re.search(r'<code class="long">([A-Z2-7]+)</code>', one.text).group(1)
    assert one.post("/account/code/confirm", code="000000") == 400
    assert one.post("/account/code/confirm", code=code_now(secret)) == 303
    assert one.get("/people") == 200
    assert Browser(world).sign_in(name, passphrase) == 401


def check_that_no_address_is_forgotten():
    """Each route of the server has its line in the table; the stream of events is tried where a page listens to it."""
    with open(f"{os.path.dirname(os.path.abspath(__file__))}/../../server/web/routes.cpp") as source:
        routes = re.findall(r'\{"(GET|POST)", "([^"]+)", Door::', source.read())
    assert len(routes) > 40
    for method, pattern in routes:
        form = re.compile("/".join("[^/?]+" if part == ":" else re.escape(part) for part in pattern.split("/")) + r"(\?.*)?")
        tried = [path for given, path, *_ in DOORS if given == method and form.fullmatch(path)]
        assert tried or pattern == "/events", f"nobody tries {method} {pattern}"


def check_doors(world, people):
    check_that_no_address_is_forgotten()
    for method, path, *expected in DOORS:
        for (name, browser), status in zip(people.items(), expected):
            got = browser.ask(method, path)
            assert got == status, f"{name} {method} {path}: {got}, expected {status}"
            for header in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Strict-Transport-Security", "Cache-Control"):
                assert browser.headers.get(header), f"{path} has no {header}"
            assert not browser.headers.get("Server") and not browser.headers.get("Access-Control-Allow-Origin"), path
            policy = browser.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy and "unsafe" not in policy and "default-src 'none'" in policy, policy
            assert re.match("/(exports|documents)/", path) or not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=", browser.text), f"{path} has something inline"
            if status == 401 and not path.startswith("/odata"):
                assert 'action="/sign-in"' in browser.text, "no session leads to the sign-in page"


def main():
    with World() as world:
        passphrase = "right for a test"
        with open(f"{world.folder}/user", "w") as out:
            out.write(passphrase + "\n")
        said = world.server("init", "--passphrase-file", f"{world.folder}/user")
        assert "one-time" not in said and "Administrator" in said, said
        world.start()
        for name, role in (("Oli", "officer"), ("Sara", "staff"), ("Mira", "manager")):
            world.server("user", "add", name, "--role", role, "--passphrase-file", f"{world.folder}/user")
        refused(lambda: world.server("user", "add", "mira", "--role", "staff"), 2, "already")
        refused(lambda: world.server("user", "add", "Zoe", "--role", "queen"), 2, "no role")
        refused(lambda: world.server("user", "passphrase", "Nobody"), 2, "no active user")
        assert "Mira  manager" in world.server("user", "list")

        people = {"nobody": Browser(world)}
        for name in ("Oli", "Sara", "Mira", "Administrator"):
            people[name] = Browser(world)
            assert people[name].sign_in(name, passphrase) == 303, people[name].text
        check_doors(world, people)

        mira = people["Mira"]
        # A forged or missing token, a form from another page, and one without a form of ours before it.
        mira.get("/account")
        for form in ({}, {"token": "0" * 64}):
            assert mira.ask("POST", "/account/passphrase", {**form, "old": passphrase, "new": "another one", "again": "another one"}) == 403
        assert mira.ask("POST", "/sign-out", {"token": mira.token}, {"Origin": "https://elsewhere.example"}) == 403
        assert Browser(world).ask("POST", "/sign-in", {"name": "Mira", "passphrase": passphrase}) == 403
        assert mira.get("/") == 200, "and she is still signed in"

        # Guessing is slowed for who guesses, and for nobody else.
        thief = Browser(world)
        tries = [thief.sign_in("Mira", f"guess {i} of many") for i in range(6)]
        assert tries == [401] * 5 + [429], tries
        assert int(thief.headers["Retry-After"]) >= 1
        thief.sign_in("<script>alert(1)</script>", "x")
        assert "<script>alert" not in thief.text and html.escape("<script>alert(1)</script>") in thief.text
        assert thief.sign_in("Sara", passphrase, to="https://elsewhere.example/") == 303
        assert thief.headers["Location"] == "/", "a sign-in leads nowhere else"

        # A one-time passphrase opens the account page alone, until it is replaced.
        once = re.search(r"is ([a-z0-9-]{24}) ", world.server("user", "passphrase", "Oli")).group(1)
        oli = Browser(world)
        assert oli.sign_in("Oli", once) == 303 and oli.headers["Location"] == "/account"
        assert oli.get("/") == 303
        oli.get("/account")
        assert oli.post("/account/passphrase", old=once, new="eleven long", again="eleven long") == 400
        assert oli.post("/account/passphrase", old=once, new="password1234", again="password1234") == 400 and "easy to guess" in oli.text
        assert oli.post("/account/strength", new="password1234") == 200 and oli.text == "1 Easy to guess"
        assert oli.post("/account/strength", new="a new passphrase that nobody has") == 200 and oli.text == "4 Very good"
        assert oli.post("/account/passphrase", old=once, new="a new passphrase", again="another one here") == 400
        assert oli.post("/account/passphrase", old="wrong", new="a new passphrase", again="a new passphrase") == 400
        assert oli.post("/account/passphrase", old=once, new="a new passphrase", again="a new passphrase") == 303
        assert oli.get("/") == 200
        assert people["Oli"].get("/") == 401, "other sessions end with the old passphrase"

        # Whoever is shut out is out at once.
        world.server("user", "disable", "Oli")
        assert oli.get("/") == 401
        assert Browser(world).sign_in("Oli", "a new passphrase") == 401
        sara = people["Sara"]
        sara.get("/")
        assert sara.post("/sign-out") == 303 and sara.get("/") == 401

        # The feed takes a user's name and the token that he made, and nothing else.
        mira.get("/account")
        mira.post("/account/feed")
        token = re.search(r'id="token">([0-9a-f]+)<', mira.text).group(1)
        sheet = Browser(world)
        credentials = base64.b64encode(f"Mira:{token}".encode()).decode()
        assert sheet.get("/odata/", Authorization=f"Basic {credentials}") == 200 and "indicators" in sheet.text
        assert sheet.get("/odata/topic", Authorization=f"Basic {credentials}") == 200 and "terrorism" in sheet.text
        assert sheet.get("/odata/person", Authorization=f"Basic {credentials}") == 404, "a manager's feed has no people"
        assert sheet.get("/odata/topic", Authorization="Basic " + base64.b64encode(f"Mira:{passphrase}".encode()).decode()) == 401
        administrator = people["Administrator"]
        administrator.get("/access")
        assert "feed topic" in administrator.text, "the access log has it"

        # The log is a chain, and its head goes to the offices once much has been written, with a sync.
        world.enrol("tirana")
        for _ in range(500):
            assert sheet.get("/odata/topic", Authorization=f"Basic {credentials}") == 200
        world.sync("tirana")
        world.sync("tirana")
        heads = world.query("tirana", "SELECT what, rows FROM access WHERE kind = 2")
        assert len(heads) == 1 and int(heads[0]["rows"]) >= 500, heads
        world.server("verify")

        # Languages: of the browser, then the one chosen.
        other = Browser(world)
        other.get("/sign-in", **{"Accept-Language": "sq-AL,sq;q=0.9,en;q=0.8"})
        assert 'lang="sq"' in other.text and "Fjalëkalimi" in other.text
        assert other.get("/language/sr_cyrl?to=%2Fsign-in") == 303 and other.headers["Location"] == "/sign-in"
        other.get("/sign-in")
        assert 'lang="sr-Cyrl"' in other.text and "Лозинка" in other.text
        assert other.get("/language/xx") == 404
        check_codes_for_administrators(world, "Administrator", passphrase)
    print("everyone comes where they may, and nowhere else")


if __name__ == "__main__":
    sys.exit(main())
