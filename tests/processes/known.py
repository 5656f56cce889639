"""Hit / no hit over real processes: asked at the command line, answered by the server, looked at and released by the other side."""

import json

from harness import World, refused

with World() as world:
    world.start()
    world.enrol("beograd", "RS", "staff")
    world.enrol("prishtine", "XK", "staff")
    world.device("beograd", "put", "person", "new", "family_name=Петровић", "given_name=Зоран", "birth_date=1984-05-12", "--scope", "RS")
    world.sync("beograd")

    ask = lambda *name: json.loads(world.device("prishtine", "--json", "known", "ask", "RS", "--family", name[0], "--given", name[1], "--birth", name[2]))
    hit = ask("Petroviq", "Zoran", "1984-05-12")
    assert hit["result"] == "hit" and hit["reference"].startswith("RS-"), hit
    assert ask("Petroviq", "Goran", "1984-05-12")["result"] == "no_hit"
    assert world.query("prishtine", "SELECT count(*) AS n FROM person")[0]["n"] == 0

    world.sync("beograd")
    seen = json.loads(world.device("beograd", "--json", "known", "show", hit["question"]))
    assert seen["office"] == "prishtine" and len(seen["people"]) == 1, seen
    refused(lambda: world.device("prishtine", "known", "release", hit["question"]), 1, "hold the scope")
    world.device("beograd", "known", "release", hit["question"])
    world.sync("beograd")
    world.sync("prishtine")
    released = json.loads(world.device("prishtine", "--json", "known", "show", hit["question"]))
    assert released["person"]["family_name"] == "Петровић", released
    log = world.query("beograd", "SELECT what FROM access ORDER BY at DESC LIMIT 1")[0]["what"]
    assert log == f"person released to prishtine after {hit['reference']}, by beograd", log

    refused(lambda: world.device("prishtine", "known", "ask", "XK", "--family", "A", "--given", "B", "--birth", "1984-05-12"), 1, "XK", "search there")
    refused(lambda: world.device("prishtine", "known", "ask", "RS", "--family", "A", "--given", "B", "--birth", "1984"), 2, "whole date of birth")
    refused(lambda: world.device("prishtine", "known", "show", "R9-9"), 1, "no such question")
print("hit / no hit: asked, answered, released by people, logged")
