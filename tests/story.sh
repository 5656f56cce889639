#!/usr/bin/env bash
# usage: tests/story.sh BIN DATA ONCE
# The story as processes over real TLS. Prints it; fails at the first thing that is not as it must be. ONCE=0: the
# server stays up afterwards, until it is stopped.
set -euo pipefail
here=$(dirname "$(realpath "$0")"); bin=$(realpath "$1"); data=$(realpath "$2"); once=$3
home=$(mktemp -d /tmp/tefter-story-XXXXXX); chmod 700 "$home"
server=
finish() { [ -z "${kiosk:-}" ] || kill "$kiosk" 2>/dev/null || true; [ -z "${line_PID:-}" ] || kill "$line_PID" 2>/dev/null || true; [ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$home"; }
trap finish EXIT
fail() { cat "$home/server.log" >&2; echo "STORY FAILED: $*" >&2; exit 1; }
say() { printf '\n== %s\n' "$*"; }
echo "a passphrase for the story" > "$home/passphrase"
device() { local name=$1; shift; "$bin/tefter" --replica "$home/$name" --passphrase-file "$home/passphrase" "$@"; }
field() { python3 -c 'import json,sys; v=json.load(sys.stdin)
for k in sys.argv[1].split("."): v = v[int(k)] if isinstance(v, list) else v[k]
print(v)' "$1"; }
same() { [ "$1" = "$2" ] || fail "$3: expected $2, got $1"; }
sync() {
    local report; report=$(device "$1" --json sync) || fail "$1 cannot sync"
    python3 - "$1" "$report" <<'END'
import json, sys
r = json.loads(sys.argv[2])
print(f"  {sys.argv[1]:10} sent {r['changesets_sent']:3} changesets in {r['bytes_sent']:6} bytes, received {r['changesets_received']:3} in "
      f"{r['bytes_received']:6} bytes, {r['round_trips']} round trip(s), {'identical' if r['identical'] else 'not identical yet'}")
END
}

say "A server starts, and eight devices are enrolled"
echo "a passphrase for the pages" > "$home/web-passphrase"
"$bin/tefter-server" init --data "$home/server" --passphrase-file "$home/web-passphrase" >/dev/null
mkfifo "$home/ready"
"$bin/tefter-server" serve --data "$home/server" --listen 127.0.0.1:0 > "$home/ready" 2> "$home/server.log" & server=$!
read -r line < "$home/ready" || fail "the server does not start: $(cat "$home/server.log")"
address=${line##*https://}
echo "  $line"
# Staff sit behind a poor line.
coproc line { exec python3 -B "$here/processes/proxy.py" "${address##*:}"; }
read -r poor_line <&"${line[0]}" || fail "the line does not start"
enrol() {  # NAME ROLE SCOPE…
    local name=$1 role=$2 code by=$address; shift 2
    [ "$name" != staff ] || by=$poor_line
    code=$("$bin/tefter-server" invite --data "$home/server" --office "$name" --role "$role" --scope "$@" --address "$by")
    device "$name" enrol "$code" >/dev/null || fail "$name cannot enrol"
    echo "  $name enrolled, holds shared regional $*"
}
enrol staff staff AL BA XK ME MK RS
enrol tirana officer AL;    enrol sarajevo officer BA; enrol prishtine officer XK
enrol podgorica officer ME; enrol skopje officer MK;   enrol beograd officer RS; enrol beograd2 officer RS
offices="tirana sarajevo prishtine podgorica skopje beograd"

say "Staff import the activities; the offices fetch them"
device staff import activities "$data/activities.csv"
sync staff
for office in $offices beograd2; do sync "$office"; done

say "Offline: each office imports its registrations and its own attendance lists"
for office in $offices; do
    ! device "$office" import participants "$data/registrations/$office.csv" 2> "$home/faults" || fail "$office imported a sheet with bad lines"
    same "$(device "$office" --json query 'SELECT count(*) AS n FROM person' | field 0.n)" 0 "people after a refused import"
    device "$office" import participants --skip-bad "$data/registrations/$office.csv" 2> "$home/faults" | sed "s/^/  $office: /"
    sed 's|^[^,]*/|    |' "$home/faults"
    device "$office" import participants --skip-bad "$data/registrations/$office.csv" 2>/dev/null | grep -q ' 0 rows new' || fail "$office: a second import added something"
done
lists() {  # NAME SQL
    device "$1" --json query "SELECT code FROM activity WHERE $2 ORDER BY code" | python3 -c 'import json,sys
for row in json.load(sys.stdin): print(row["code"])'
}
for office in $offices; do
    for code in $(lists "$office" 'beneficiary IS NOT NULL'); do
        device "$office" import attendance "$data/attendance/$code.csv" --activity "$code" | sed "s/^/  $office, $code: /"
    done
done

say "They sync in turn, Podgorica by a stick that staff carry"
for office in tirana sarajevo prishtine skopje beograd; do sync "$office"; done
device podgorica bundle export "$home/stick.bundle" | sed 's/^/  podgorica: /'
! device tirana bundle import "$home/stick.bundle" 2> "$home/faults" || fail "a bundle was opened by an office that it is not for"
sed 's/^/  tirana: /' "$home/faults"
device staff bundle import "$home/stick.bundle" | sed 's/^/  staff: /'
echo 9000 >&"${line[1]}"; read -r _ <&"${line[0]}"  # the next connection breaks after so many bytes
! device staff sync 2> "$home/faults" || fail "a sync that was cut says that it is whole"
sed 's/^/  staff, cut: /' "$home/faults"
sync staff

say "Staff import the lists of the regional activities"
for code in $(lists staff 'beneficiary IS NULL'); do
    device staff import attendance "$data/attendance/$code.csv" --activity "$code" 2>/dev/null | sed "s/^/  $code: /"
done
sync staff

say "Two devices in Belgrade edit the same person and the same attendance, and one deletes what the other edits"
sync beograd; sync beograd2
read -r one two < <(device beograd --json query 'SELECT id FROM person WHERE _scope = 8 AND id NOT IN (SELECT person FROM enrolment) ORDER BY id LIMIT 2' | python3 -c 'import json,sys; print(*[r["id"] for r in json.load(sys.stdin)])')
device beograd put person "$one" position="Prosecutor" >/dev/null
device beograd2 put person "$one" position="Deputy prosecutor" >/dev/null
mark=$(device beograd --json query "SELECT person || '/' || activity || '/' || session_number AS k FROM attendance WHERE status = 4 ORDER BY 1 LIMIT 1" | field 0.k)
device beograd put attendance "$mark" how=badge >/dev/null
device beograd2 put attendance "$mark" how=by_hand >/dev/null
device beograd put person "$two" telephone="+381 60 000000" >/dev/null
for consent in $(device beograd2 --json query "SELECT id FROM consent WHERE person = $two" | python3 -c 'import json,sys; print(*[r["id"] for r in json.load(sys.stdin)])'); do
    device beograd2 delete consent "$consent"
done
device beograd2 delete person "$two"
sync beograd; sync beograd2; sync beograd
device beograd conflicts | sed 's/^/  /'
[ "$(device beograd --json conflicts | python3 -c 'import json,sys; print(len(json.load(sys.stdin)))')" -ge 2 ] || fail "the conflicts are not listed"
device beograd --json conflicts | python3 -c 'import json,sys
c = [x for x in json.load(sys.stdin) if x["table"] == "person" and x["group"] == "work"][0]
assert sorted(l["values"]["position"] for l in c["leaves"]) == ["Deputy prosecutor", "Prosecutor"], c
open(sys.argv[1], "w").write(c["leaves"][0]["version"])' "$home/version"
device beograd resolve person "$one" work "$(cat "$home/version")"
sync beograd; sync beograd2

say "Everybody syncs once more, and agrees with the server"
for office in $offices beograd2 staff; do sync "$office"; done
for office in $offices beograd2 staff; do
    same "$(device "$office" --json sync | field identical)" True "$office agrees with the server"
    device "$office" verify | sed "s/^/  $office: /"
done
"$bin/tefter-server" verify --data "$home/server" | sed 's/^/  server: /'

say "Staff link the people who are the same"
device staff --json report > "$home/before.json"
device staff --json duplicates > "$home/pairs.json"
# The decision is people's: who-is-who.csv holds the one wrong proposal, two men of one name born 20 years apart.
while read -r canonical duplicate; do device staff link "$canonical" "$duplicate"; done < <(python3 - "$home/pairs.json" <<'END'
import json, sys
first = {}
for p in json.load(open(sys.argv[1])):
    if "date of birth differs in one digit" in p["reasons"] and "same name" in p["reasons"]: continue
    one, other = p["one"], p["other"]
    # The row that stays is the one in the register of the beneficiary where the person works.
    if other["scope"] == "XK" and any(place in one["institution"] + other["institution"] for place in ("Prishtinë", "Prizren", "Kosovo")): one, other = other, one
    a, b = (first.get(x["id"], x["id"]) for x in (one, other))
    if a != b:
        first[b] = a
        print(a, b)
END
)
python3 -c 'import json,sys; print("  linked", len(json.load(open(sys.argv[1]))), "proposals looked at")' "$home/pairs.json"
sync staff

say "The figures"
device staff --json report > "$home/report.json"
python3 - "$home/report.json" "$data/expected.json" <<'END' || fail "the figures differ from what is expected"
import json, sys
got, expected = (json.load(open(p)) for p in sys.argv[1:])
bad = 0
for code, e in expected["activities"].items():
    g = got["activities"][code]
    pairs = [("enrolled", "enrolled"), ("person_sessions_attended", "person_sessions_attended"), ("eligible_for_certificate", "eligible_for_certificate_at_80_percent")]
    for mine, theirs in pairs:
        if g[mine] != e[theirs]: print(f"  {code} {mine}: {g[mine]}, expected {e[theirs]}"); bad += 1
    print(f"  {code}: enrolled {g['enrolled']}, person-sessions {g['person_sessions_attended']}, certificates {g['eligible_for_certificate']}")
totals, due = got["totals"], expected["totals"]
print(f"  people reached {totals['people_who_attended']}, expected {due['people_who_attended']}; women {totals['women_who_attended']}, expected {due['women_who_attended']}")
print(f"  by beneficiary {totals['by_beneficiary']}, expected {due['by_beneficiary']}")
bad += any(totals[k] != due[k] for k in ("people_who_attended", "women_who_attended", "by_beneficiary"))
sys.exit(bad != 0)
END

say "The other work of the project: an invented sample of cases, agreements, laws and data exchange"
enrol headquarters administrator AL BA XK ME MK RS
sync headquarters
"$here/../tools/sample" --without-people --out "$home/sample"
device headquarters import all "$home/sample" | tail -1 | sed 's/^/  /'
sync headquarters
sync staff
device staff --json report > "$home/report.json"
python3 - "$home/report.json" "$home/sample/expected.json" "$data/expected.json" <<'END' || fail "the figures of the sample differ from what it counts itself"
import json, sys
got, expected, people = (json.load(open(p)) for p in sys.argv[1:])
for code, value in expected["all"].items():
    mine = got["indicators"][code]["value"]
    print(f"  {code}: {mine:g}")
    if abs(mine - value) > 1e-6: sys.exit(f"  {code}: {mine}, expected {value}")
sys.exit(got["totals"]["people_who_attended"] != people["totals"]["people_who_attended"])
END

say "On the disk"
! grep -rqaE 'Hoxha|Gazibara|Шукаловић' "$home" --include=replica.db* --include=server.db* --include=keys || fail "a name lies in plain text on the disk"
for file in "$home"/*/replica.db; do
    ! sqlite3 "$file" 'SELECT count(*) FROM person' >/dev/null 2>&1 || fail "sqlite3 opens $file without a key"
done
echo "  no name in plain text, and sqlite3 opens no replica"
say "The story is told."
if [ "$once" != 1 ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    echo "The kiosk of Tirana opens; its passphrase is: $(cat "$home/passphrase")"
    "$bin/tefter-kiosk" --replica "$home/tirana" & kiosk=$!
fi
[ "$once" = 1 ] || {
    "$bin/tefter-server" user add Manager --data "$home/server" --role manager --passphrase-file "$home/web-passphrase"
    echo "The figures are at https://$address (the certificate is the server's own): sign in as Manager with the passphrase: $(cat "$home/web-passphrase")"
    echo "The registers open for Administrator with the same passphrase. The server stays up; Ctrl-C stops it."
    wait "$server"
}
