// The peers of docs/compared.md that run in JavaScript, measured: a line of JSON each. Started by measure.py.
import {mkdtempSync, readdirSync, rmSync, statSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {applyChange, changeColumns, crsqlite as openers, require} from "./peers.mjs";

const count = Number(process.argv[3]);
const timed = async work => { const begin = process.hrtime.bigint(); await work(); return Number(process.hrtime.bigint() - begin) / 1e9; };
const row = i => [`a${i}`, `p${i % 5000}`, `TR-${i % 200}`, i % 6, 1 + i % 4, 1770000000000 + i * 1000, i % 3, i % 40];
const columns = ["id", "person", "activity", "session", "status", "marked_at", "how", "recorded_by"];
const few = Math.min(1000, count);

async function crsqlite() {
  const opened = await openers();
  const open = tracked => opened([
    "CREATE TABLE mark (id TEXT PRIMARY KEY NOT NULL, person TEXT, activity TEXT, session INTEGER, status INTEGER, marked_at INTEGER, how INTEGER, recorded_by INTEGER)",
    ...(tracked ? ["SELECT crsql_as_crr('mark')"] : [])]);
  const rows = Array.from({length: count}, (_, i) => row(i));
  const within = (db, sql, binds) => timed(async () => { await db.all("BEGIN"); await db.all(sql, binds); await db.all("COMMIT"); });
  const insert = db => within(db, "INSERT INTO mark VALUES (?,?,?,?,?,?,?,?)", rows);
  const plain = await insert(await open(false)), db = await open(true), ours = await insert(db);
  const changes = await db.all(`SELECT ${changeColumns} FROM crsql_changes`);
  const merge = await within(await open(true), applyChange, changes);
  const [[pages]] = await db.all("PRAGMA page_count"), [[size]] = await db.all("PRAGMA page_size");
  return {engine: "cr-sqlite (wasm, in memory)", insert: ours / plain, merged: count / merge, size: pages * size / count};
}

async function loro() {
  const {LoroDoc, LoroMap} = require("loro-crdt");
  const fill = (doc, n) => { const marks = doc.getMap("marks"); for (let i = 0; i < n; ++i) { const map = marks.setContainer(`a${i}`, new LoroMap()); row(i).forEach((value, at) => map.set(columns[at], value)); } doc.commit(); };
  const small = new LoroDoc();
  fill(small, few);
  const bytes = small.export({mode: "update"}).length / few, before = small.version();
  for (let i = 0; i < few; ++i) small.getMap("marks").get(`a${i}`).set("status", 9);
  small.commit();
  const updated = small.export({mode: "update", from: before}).length / few;
  const doc = new LoroDoc();
  fill(doc, count);
  const update = doc.export({mode: "update"}), other = new LoroDoc();
  const merge = await timed(async () => other.import(update));
  return {engine: "Loro", bytes, updated, merged: count / merge, size: doc.export({mode: "snapshot"}).length / count};
}

async function automerge() {
  const Automerge = require("@automerge/automerge");
  const fill = n => Automerge.from({marks: Object.fromEntries(Array.from({length: n}, (_, i) => [`a${i}`, Object.fromEntries(row(i).map((value, at) => [columns[at], value]))]))});
  const small = fill(few), heads = Automerge.getHeads(small);
  const bytes = Automerge.save(small).length / few;
  const changed = Automerge.change(small, doc => { for (let i = 0; i < few; ++i) doc.marks[`a${i}`].status = 9; });
  const updated = Automerge.saveSince(changed, heads).length / few;
  const n = Math.min(count, 20000), doc = Automerge.save(fill(n));
  const merge = await timed(async () => Automerge.load(doc));
  return {engine: "Automerge", bytes, updated, merged: n / merge, size: doc.length / n};
}

async function pouchdb() {
  const PouchDB = require("pouchdb");
  const folder = mkdtempSync(join(tmpdir(), "peers-"));
  const n = Math.min(count, 20000), docs = Array.from({length: n}, (_, i) => ({_id: `a${i}`, ...Object.fromEntries(row(i).slice(1).map((value, at) => [columns[at + 1], value]))}));
  const a = new PouchDB(join(folder, "a")), b = new PouchDB(join(folder, "b"));
  await a.bulkDocs(docs);
  const merge = await timed(() => PouchDB.replicate(a, b, {batch_size: 1000}));
  await a.close();
  const size = readdirSync(join(folder, "a")).reduce((sum, name) => sum + statSync(join(folder, "a", name)).size, 0) / n;
  await b.close();
  rmSync(folder, {recursive: true});
  return {engine: "PouchDB", merged: n / merge, size};
}

for (const peer of [crsqlite, loro, automerge, pouchdb]) {
  try {
    console.log(JSON.stringify(await peer()));
  } catch (error) {
    console.log(JSON.stringify({engine: peer.name, fault: String(error).slice(0, 300)}));
  }
}
