"""The register of spring 2026 on one device of staff, linked as who-is-who.csv says: what several tests look at."""

import glob
import json
import os

from harness import Refused, World

DATA = f"{os.path.dirname(os.path.abspath(__file__))}/../data/spring-2026"
SCOPES = {"tirana": "AL", "sarajevo": "BA", "prishtine": "XK", "podgorica": "ME", "skopje": "MK", "beograd": "RS"}


def fill(world, name="staff"):
    """Enrols staff, imports everything, and links who is the same."""
    world.enrol(name, "AL BA XK ME MK RS", "staff")
    world.device(name, "import", "activities", f"{DATA}/activities.csv")
    for office, scope in SCOPES.items():
        world.device(name, "import", "participants", "--skip-bad", "--scope", scope, f"{DATA}/registrations/{office}.csv")
    for path in sorted(glob.glob(f"{DATA}/attendance/*.csv")):
        world.device(name, "import", "attendance", path, "--activity", os.path.basename(path)[:-4])
    link(world, name)


def link(world, name):
    first = {}
    for pair in json.loads(world.device(name, "--json", "duplicates")):
        if "date of birth differs in one digit" in pair["reasons"] and "same name" in pair["reasons"]:
            continue  # two men of one name, born 20 years apart
        one, other = pair["one"], pair["other"]
        if other["scope"] == "XK" and any(place in one["institution"] + other["institution"] for place in ("Prishtinë", "Prizren", "Kosovo")):
            one, other = other, one
        a, b = (first.get(x["id"], x["id"]) for x in (one, other))
        if a != b:
            first[b] = a
            world.device(name, "link", a, b)


def expected():
    with open(f"{DATA}/expected.json") as file:
        return json.load(file)
