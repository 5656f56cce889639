// The three stories of docs/compared.md with peers that run in JavaScript. Prints a line of JSON for each peer and story:
// what both offices show once everything has been exchanged, and what is kept of what lost. Started by stories.py.
import {mkdtempSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {applyChange, changeColumns, crsqlite as openers, require} from "./peers.mjs";

const say = (peer, story, a, b, kept) => console.log(JSON.stringify({peer, story, a, b, agree: JSON.stringify(a) === JSON.stringify(b), kept}));

// cr-sqlite: rows of crsql_changes are what one database gives another.
async function crsqlite() {
  const open = await openers();
  const give = async (from, to) => to.all(applyChange, await from.all(`SELECT ${changeColumns} FROM crsql_changes`));
  const both = async (schema, first, then) => {
    const a = await open(schema), b = await open(schema);
    for (const sql of first) await a.all(sql);
    await give(a, b);
    for (const [who, sql] of then) await (who === "a" ? a : b).all(sql);
    for (let i = 0; i < 3; ++i) { await give(a, b); await give(b, a); }
    return [a, b];
  };
  const person = ["CREATE TABLE person (id TEXT PRIMARY KEY NOT NULL, phone TEXT)", "SELECT crsql_as_crr('person')"];
  let [a, b] = await both(person, ["INSERT INTO person VALUES ('p', '1')"],
    [["a", "UPDATE person SET phone = '2'"], ["a", "UPDATE person SET phone = '3'"], ["a", "UPDATE person SET phone = 'slip'"], ["b", "UPDATE person SET phone = 'right'"]]);
  say("cr-sqlite", 1, (await a.all("SELECT phone FROM person")).flat(), (await b.all("SELECT phone FROM person")).flat(), "nothing");
  const mark = ["CREATE TABLE attendance (person TEXT NOT NULL, session TEXT NOT NULL, status TEXT, PRIMARY KEY (person, session))", "SELECT crsql_as_crr('attendance')"];
  [a, b] = await both(mark, [], [["a", "INSERT INTO attendance VALUES ('p', 's', 'absent')"], ["b", "INSERT INTO attendance VALUES ('p', 's', 'present')"]]);
  say("cr-sqlite", 2, (await a.all("SELECT status FROM attendance")).flat(), (await b.all("SELECT status FROM attendance")).flat(), "nothing");
  const family = ["CREATE TABLE person (id TEXT PRIMARY KEY NOT NULL, name TEXT)", "CREATE TABLE attendance (id TEXT PRIMARY KEY NOT NULL, person TEXT)", "SELECT crsql_as_crr('person')", "SELECT crsql_as_crr('attendance')"];
  [a, b] = await both(family, ["INSERT INTO person VALUES ('p', 'Arta')"], [["a", "DELETE FROM person"], ["b", "INSERT INTO attendance VALUES ('m', 'p')"]]);
  const shown = async one => ({people: (await one.all("SELECT id FROM person")).flat(), marks: (await one.all("SELECT person FROM attendance")).flat()});
  say("cr-sqlite", 3, await shown(a), await shown(b), "foreign keys are not allowed in its tables");
}

async function automerge() {
  const Automerge = require("@automerge/automerge");
  const both = (first, inA, inB) => {
    let a = Automerge.change(Automerge.init(), first);
    let b = Automerge.merge(Automerge.init(), a);
    for (const one of inA) a = Automerge.change(a, one);
    for (const one of inB) b = Automerge.change(b, one);
    return [Automerge.merge(Automerge.clone(a), b), Automerge.merge(Automerge.clone(b), a)];
  };
  let [a, b] = both(d => { d.people = {p: {phone: "1"}}; }, ["2", "3", "slip"].map(v => d => { d.people.p.phone = v; }), [d => { d.people.p.phone = "right"; }]);
  say("Automerge", 1, a.people.p.phone, b.people.p.phone, Object.values(Automerge.getConflicts(a.people.p, "phone") ?? {}));
  [a, b] = both(d => { d.marks = {}; }, [d => { d.marks["p/s"] = {status: "absent"}; }], [d => { d.marks["p/s"] = {status: "present"}; }]);
  say("Automerge", 2, a.marks["p/s"].status, b.marks["p/s"].status, Object.values(Automerge.getConflicts(a.marks, "p/s") ?? {}).map(one => one.status));
  [a, b] = both(d => { d.people = {p: {name: "Arta"}}; d.marks = {}; }, [d => { delete d.people.p; }], [d => { d.marks.m = {person: "p"}; }]);
  const shown = d => ({people: Object.keys(d.people), marks: Object.values(d.marks).map(m => m.person)});
  say("Automerge", 3, shown(a), shown(b), "there are no references");
}

async function loro() {
  const {LoroDoc, LoroMap} = require("loro-crdt");
  const both = (first, inA, inB) => {
    const a = new LoroDoc(), b = new LoroDoc();
    first(a); a.commit();
    b.import(a.export({mode: "update"}));
    for (const one of inA) { one(a); a.commit(); }
    for (const one of inB) { one(b); b.commit(); }
    const fromA = a.export({mode: "update"}), fromB = b.export({mode: "update"});
    b.import(fromA); a.import(fromB);
    return [a.toJSON(), b.toJSON()];
  };
  const set = (map, key, value) => d => d.getMap(map).set(key, value);
  let [a, b] = both(set("phone", "p", "1"), ["2", "3", "slip"].map(v => set("phone", "p", v)), [set("phone", "p", "right")]);
  say("Loro", 1, a.phone.p, b.phone.p, "nothing");
  [a, b] = both(set("marks", "x", "x"), [set("marks", "p/s", "absent")], [set("marks", "p/s", "present")]);
  say("Loro", 2, a.marks["p/s"], b.marks["p/s"], "nothing");
  [a, b] = both(set("people", "p", "Arta"), [d => d.getMap("people").delete("p")], [set("marks", "m", "p")]);
  const shown = d => ({people: Object.keys(d.people ?? {}), marks: Object.values(d.marks ?? {})});
  say("Loro", 3, shown(a), shown(b), "there are no references");
}

async function pouchdb() {
  const PouchDB = require("pouchdb");
  const folder = mkdtempSync(join(tmpdir(), "peers-"));
  let count = 0;
  const both = async (first, inA, inB) => {
    const a = new PouchDB(join(folder, `a${++count}`)), b = new PouchDB(join(folder, `b${count}`));
    const put = async (db, id, values) => { const old = await db.get(id).catch(() => null); await db.put({...values, _id: id, ...(old ? {_rev: old._rev} : {})}); };
    for (const [id, values] of first) await put(a, id, values);
    await PouchDB.sync(a, b);
    for (const [id, values] of inA) await put(a, id, values);
    for (const [id, values] of inB) await put(b, id, values);
    await PouchDB.sync(a, b);
    return [a, b];
  };
  const losers = async (db, id) => {
    const doc = await db.get(id, {conflicts: true});
    return Promise.all((doc._conflicts ?? []).map(async rev => (await db.get(id, {rev})).v));
  };
  let [a, b] = await both([["p", {v: "1"}]], [["p", {v: "2"}], ["p", {v: "3"}], ["p", {v: "slip"}]], [["p", {v: "right"}]]);
  say("PouchDB", 1, (await a.get("p")).v, (await b.get("p")).v, await losers(a, "p"));
  [a, b] = await both([], [["p/s", {v: "absent"}]], [["p/s", {v: "present"}]]);
  say("PouchDB", 2, (await a.get("p/s")).v, (await b.get("p/s")).v, await losers(a, "p/s"));
  [a, b] = await both([["p", {v: "Arta"}]], [["p", {_deleted: true}]], [["m", {v: "p"}]]);
  const shown = async db => ({people: await db.get("p").then(() => ["p"], () => []), marks: [(await db.get("m")).v]});
  say("PouchDB", 3, await shown(a), await shown(b), "there are no references");
}

for (const peer of [crsqlite, automerge, loro, pouchdb]) {
  try {
    await peer();
  } catch (error) {
    console.log(JSON.stringify({peer: peer.name, story: 0, fault: String(error).slice(0, 300)}));
  }
}
