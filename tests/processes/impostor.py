"""Who answers in the server's place: with the server's own key but another authority, or under another name. The pin alone would
let him in; chain and host are checked beside it. And a server that refuses, breaks down or talks nonsense: nothing of the office is lost."""

import os
import re
import ssl
import subprocess
import threading

from harness import World, decrypted, refused


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def keys_of(world):
    """The server's TLS key, and its authority's certificate and key, as a burglar takes them from an open server."""
    pages = decrypted(f"{world.data}/keys", f"{world.data}/unlock", f"{world.data}/server.db", f"{world.data}/server.db-wal")
    certificates = set(re.findall(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", pages, re.S))
    keys = set(re.findall(rb"-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----\n", pages, re.S))
    assert len(certificates) == 1 and len(keys) == 2, (len(certificates), len(keys))
    with open(f"{world.folder}/authority.pem", "wb") as out:
        out.write(certificates.pop())
    of_authority = subprocess.run(["openssl", "x509", "-in", f"{world.folder}/authority.pem", "-noout", "-pubkey"], capture_output=True).stdout
    for key in keys:
        public = subprocess.run(["openssl", "pkey", "-pubout"], input=key, capture_output=True).stdout
        with open(f"{world.folder}/{'authority' if public == of_authority else 'server'}.key", "wb") as out:
            out.write(key)


def certificate(world, name, issuer, alternative):
    """For the server's key, signed by `issuer`, under the name `alternative`."""
    folder = world.folder
    with open(f"{folder}/{name}.ext", "w") as out:
        out.write(f"subjectAltName={alternative}\nextendedKeyUsage=serverAuth\n")
    openssl("req", "-new", "-key", f"{folder}/server.key", "-subj", "/CN=Tefter server", "-out", f"{folder}/{name}.csr")
    openssl("x509", "-req", "-in", f"{folder}/{name}.csr", "-CA", f"{folder}/{issuer}.pem", "-CAkey", f"{folder}/{issuer}.key", "-CAcreateserial",
            "-extfile", f"{folder}/{name}.ext", "-days", "2", "-out", f"{folder}/{name}.pem")
    return f"{folder}/{name}.pem"


class Impostor:
    """Listens where the server did and answers one request; knows whether anything was said to it."""

    def __init__(self, world, chain, status="418 No", body=b"The impostor was heard."):
        import socket
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(chain, f"{world.folder}/server.key")
        self.socket = socket.create_server(("127.0.0.1", world.port))
        self.heard = b""
        self.said = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
        self.thread = threading.Thread(target=self.answer)
        self.thread.start()

    def answer(self):
        connection, _ = self.socket.accept()
        try:
            with self.context.wrap_socket(connection, server_side=True) as line:
                self.heard = line.recv(100)
                line.sendall(self.said)
        except (ssl.SSLError, OSError):
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.thread.join()
        self.socket.close()


with World() as world:
    world.start()
    world.enrol("tirana")
    world.sync("tirana")
    world.stop()
    keys_of(world)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{world.folder}/another.key", "-out",
            f"{world.folder}/another.pem", "-subj", "/CN=Tefter authority", "-days", "2")
    for name, issuer, alternative in (("another-authority", "another", "IP:127.0.0.1"), ("another-host", "authority", "DNS:other.example"),
                                      ("another-address", "authority", "IP:127.0.0.2")):
        with Impostor(world, certificate(world, name, issuer, alternative)) as impostor:
            refused(lambda: world.sync("tirana"), 1, "is not the server of this office")
        assert impostor.heard == b"", f"{name}: something was said to the impostor"
    # The same with all that is checked in place: so what refused above was what was wrong there.
    with Impostor(world, certificate(world, "genuine", "authority", "IP:127.0.0.1")) as impostor:
        refused(lambda: world.sync("tirana"), 1, "The impostor was heard")
    assert impostor.heard.startswith(b"POST /sync ")

    # Whatever is answered, in whatever order, what the office has written stays, and arrives as soon as the server is itself again.
    for name in ("Arta", "Ilir", "Ana"):
        world.device("tirana", "put", "person", "new", "family_name=Hoxha", f"given_name={name}", "--scope", "AL")
    rows = world.query("tirana", "SELECT * FROM person ORDER BY id")
    unclear = f"The server 127.0.0.1:{world.port} answers with an error"
    for status, body, told in (("401 Unauthorized", b"This device is not registered with this server; enrol it again: what it holds is kept.", "This device is not registered"),
                               ("403 Forbidden", b"No.", "No."), ("413 Content Too Large", b"<html>too large</html>", f"{unclear} (413)"),
                               ("403 Forbidden", b"", f"{unclear} (403)"), ("407 Proxy", b"\xff\xfe", f"{unclear} (407)"), ("302 Found", b"Elsewhere.", f"{unclear} (302)"),
                               ("500 Internal Server Error", b"", f"{unclear} (500)"), ("503 Service Unavailable", b"", f"{unclear} (503)"),
                               ("503 Service Unavailable", b"The server is being moved; sync again in an hour.", "sync again in an hour"),
                               ("200 OK", b"", "cut"), ("200 OK", b"\0" * 500, "damaged"), ("200 OK", b"<html>Sign in to this network</html>", "")):
        with Impostor(world, f"{world.folder}/genuine.pem", status, body):
            sentence = refused(lambda: world.sync("tirana"), 1)
        print(f"{status}:", sentence)
        assert told in sentence and "<" not in sentence, sentence
        assert world.query("tirana", "SELECT * FROM person ORDER BY id") == rows
        assert world.query("tirana", "SELECT (SELECT count(*) FROM tefter_unsent) + (SELECT sum(last - first + 1) FROM tefter_segment WHERE sent = 0) AS n") == [{"n": 3}]
    world.start(f"127.0.0.1:{world.port}")
    assert world.sync("tirana")["changesets_sent"] == 3
    assert len(world.query("tirana", "SELECT id FROM person")) == 3
    world.device("tirana", "verify")
print("another authority, another name: nothing is said to them; whatever is answered, nothing is lost")
