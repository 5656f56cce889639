"""The example of docs/embedding.md: an application of another field, in C++ and in C, with a server for its own catalog."""

import os
import re
import subprocess

from harness import BIN, World

ROOT = os.path.abspath(f"{os.path.dirname(__file__)}/../..")
CATALOG = f"{ROOT}/tools/examples/hives/catalog.json"
EXAMPLES = f"{BIN}/../examples"


class HivesWorld(World):
    def server(self, *arguments, data=None):
        return super().server(*arguments, "--catalog", CATALOG, data=data)

    def serving(self):
        return ["--catalog", CATALOG]


def hives(program, folder, *words):
    done = subprocess.run([f"{EXAMPLES}/{program}", CATALOG, folder, *words], env={**os.environ, "HIVES_PASSPHRASE": "bees and honey"},
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


with HivesWorld() as world:
    world.start()
    anna, ben = f"{world.folder}/anna", f"{world.folder}/ben"
    hives("hives", anna, "enrol", world.invite("Anna", "valley"))
    hives("hives_c", ben, "enrol", world.invite("Ben", "valley"))
    hives("hives", anna, "add", "Linden", "by the river")
    assert "1 to send" in hives("hives", anna, "list")
    assert "identical" in hives("hives", anna, "sync")
    hives("hives_c", ben, "sync")

    # Both open the same hive on the same day, apart from each other: what is surer is shown, and the honey is a conflict that is kept.
    hives("hives", anna, "inspect", "Linden", "2026-05-04", "eggs_seen", "900")
    hives("hives_c", ben, "inspect", "Linden", "2026-05-04", "seen", "1100")
    hives("hives", anna, "sync")
    hives("hives_c", ben, "sync")
    hives("hives", anna, "sync")
    assert re.search(r"Linden, by the river: 2026-05-04, queen 3, 1100 g", hives("hives", anna, "list")), hives("hives", anna, "list")
    assert hives("hives_c", ben, "list") == "Linden: 1 inspections, 1100 g\n"
    assert "identical" in hives("hives_c", ben, "sync") and "identical" in hives("hives", anna, "sync")
    world.server("verify")

    # The page quotes the example as it is.
    with open(f"{ROOT}/docs/embedding.md") as page:
        quoted = re.findall(r"```(?:cpp|c|json)\n(.*?)```", page.read(), re.DOTALL)
    sources = "".join(open(f"{ROOT}/tools/examples/hives/{name}").read() for name in ("catalog.json", "hives.cpp", "hives.c"))
    assert len(quoted) >= 3
    for piece in quoted:
        assert piece in sources, f"docs/embedding.md quotes what is not in the example:\n{piece}"
print("another application stands on the engine")
