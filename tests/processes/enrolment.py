"""An enrolment whose answer is lost is asked again with the same code, and makes one device."""

import json
import os

from harness import Refused, World, refused
from proxy import CuttingProxy

with World() as world:
    world.start()
    world.enrol("staff", "AL", "staff")
    sheet = f"{world.folder}/people.csv"
    with open(sheet, "w") as out:
        out.write("Family name,Given name,Date of birth\n")
        out.writelines(f"Family{i},Given{i},1.1.19{i % 60 + 30}\n" for i in range(400))
    world.device("staff", "import", "participants", "--scope", "AL", sheet)
    world.sync("staff")

    proxy = CuttingProxy(world.port)
    code = world.invite("tirana", address=proxy.address)
    lost = 0
    for cut in range(300, 6000, 150):
        proxy.cut_after = cut
        try:
            world.device("tirana", "enrol", code)
            break
        except Refused as refusal:
            assert refusal.code == 1 and len(refusal.sentence.splitlines()) == 1, refusal
            lost += 1
            if lost == 3:  # another passphrase is not the one that this was begun with
                with open(world.passphrase, "w") as out:
                    out.write("another passphrase\n")
                refused(lambda: world.device("tirana", "enrol", code), 1, "another passphrase")
                with open(world.passphrase, "w") as out:
                    out.write("a passphrase for tests\n")
    assert lost >= 3, "nothing was cut"
    devices = json.loads(world.server("devices", "--json"))
    assert [d["office"] for d in devices] == ["staff", "tirana"], devices
    assert world.query("tirana", "SELECT count(*) AS n FROM person")[0]["n"] == 400

    proxy.close()

    # A passphrase is changed, forgotten, and given anew by the organisation: nothing is lost, and nobody else gets in.
    fresh = f"{world.folder}/fresh"
    with open(fresh, "w") as out:
        out.write("quite another passphrase\n")
    world.device("tirana", "put", "person", "new", "family_name=Unsent", "given_name=U", "--scope", "AL")
    size = os.path.getsize(f"{world.folder}/tirana/replica.db")
    world.device("tirana", "passphrase", "--new-passphrase-file", fresh)
    assert os.path.getsize(f"{world.folder}/tirana/replica.db") == size
    refused(lambda: world.device("tirana", "status"), 1, "passphrase is wrong")
    refused(lambda: world.device("tirana", "recover", world.passphrase), 2, "no recovery file")
    world.device("tirana", "recover", f"{world.data}/recovery")
    assert world.query("tirana", "SELECT count(*) AS n FROM person")[0]["n"] == 401
    assert world.sync("tirana")["identical"]
print(f"{lost} answers were lost, and one device was made")
