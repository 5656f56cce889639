"""Registers at the command line: a sheet in the words of an office, lists, one row with what belongs to it and its history."""

import json
import os

from harness import Refused, World, refused

with World() as world:
    world.start()
    world.enrol("tirana", "AL", "staff")

    def tefter(*arguments):
        return world.device("tirana", *arguments)

    sheet = f"{world.folder}/cases.csv"
    with open(sheet, "w") as out:
        out.write("Referenca;Hapur më;Përfituesi;Veprat penale;Gjendja\nSC-1;16.3.2026;AL;Korrupsion;I hapur\nSC-2;1.4.2026;AL;Terrorizëm;I mbyllur\n")
    assert "2 rows new or changed" in tefter("import", "supported_case", sheet)
    assert "0 rows new or changed" in tefter("import", "supported_case", sheet)

    listed = json.loads(tefter("--json", "list", "supported_case"))
    assert [line["title"] for line in listed] == ["SC-2", "SC-1"], listed
    assert "SC-1" in tefter("list", "supported_case", "--search", "корупсион", "--language", "sq")
    one = json.loads(tefter("--json", "list", "supported_case", "--where", "crimes=corruption", "--where", "opened_on=2026-03"))
    assert [line["title"] for line in one] == ["SC-1"], one
    key = one[0]["key"]

    tefter("put", "assistance_request", "new", f"supported_case={world.query('tirana', 'SELECT id FROM supported_case ORDER BY reference')[0]['id']}",
           "from_state=AL", "to_state=DE", "sent_on=2026-03-20")
    shown = json.loads(tefter("--json", "show", "supported_case", key))
    assert shown["scope"] == "AL" and shown["cells"]["state"] == "Open", shown
    assert [child["table"] for child in shown["children"]] == ["assistance_request"], shown
    assert [event["did"] for event in shown["history"]] == ["created"] and shown["history"][0]["office"] == "tirana", shown
    assert "Kërkesat për ndihmë juridike (1)" in tefter("show", "supported_case", key, "--language", "sq")

    # Out in Macedonian, and in again: nothing changes. It is in the access log.
    out_file = f"{world.folder}/out.csv"
    tefter("export", "csv", "supported_case", out_file, "--words", "--language", "mk")
    assert "0 rows new or changed" in tefter("import", "supported_case", out_file)
    tefter("export", "xlsx", "supported_case", f"{world.folder}/out.xlsx")
    assert os.path.getsize(f"{world.folder}/out.xlsx") > 1000
    assert world.query("tirana", "SELECT count(*) AS n FROM access WHERE what LIKE 'supported_case as %'")[0]["n"] > 0

    # What is wrong is said, and nothing is half done.
    with open(sheet, "w") as out:
        out.write("reference,opened_on,beneficiary,state\nSC-3,31.2.2026,AL,open\nSC-4,1.2.2026,AL,open\n")
    try:
        tefter("import", "supported_case", sheet)
        raise AssertionError("a line of the sheet should have been refused")
    except Refused as refusal:
        assert "line 2, column opened_on" in refusal.sentence, refusal
    assert len(json.loads(tefter("--json", "list", "supported_case"))) == 2
    refused(lambda: tefter("list", "no_such_table"), 2, "no_such_table")
    refused(lambda: tefter("import", "no_such_table", sheet), 2, "no_such_table")
    refused(lambda: tefter("show", "supported_case", "R9-9"), 1, "R9-9")
    refused(lambda: tefter("list", "supported_case", "--where", "state=many"), 2, "many")
print("registers at the command line: sheets in and out, lists, rows with their history")
