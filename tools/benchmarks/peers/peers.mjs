// Where the peers in JavaScript are, and cr-sqlite opened without a browser. The first argument is the folder with their packages.
import {createRequire} from "node:module";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {pathToFileURL} from "node:url";

const root = process.argv[2];
export const require = createRequire(join(root, "package.json"));
const load = name => import(pathToFileURL(join(root, "node_modules", name)).href);

/// Gives a function that opens a database in memory. A database's `all` runs SQL once for each list of values, and gives the rows of all of it.
export async function crsqlite() {
  const SQLite = await load("@vlcn.io/wa-sqlite/src/sqlite-api.js");
  const {default: factory} = await load("@vlcn.io/wa-sqlite/dist/crsqlite-sync.mjs");
  const sqlite = SQLite.Factory(await factory({wasmBinary: readFileSync(join(root, "node_modules/@vlcn.io/wa-sqlite/dist/crsqlite-sync.wasm"))}));
  return async schema => {
    const handle = await sqlite.open_v2(":memory:");
    const all = async (sql, binds = [[]]) => {
      const rows = [];
      for await (const statement of sqlite.statements(handle, sql)) {
        for (const bind of binds) {
          if (bind.length) { sqlite.reset(statement); sqlite.bind_collection(statement, bind); }
          while (await sqlite.step(statement) === SQLite.SQLITE_ROW) rows.push(sqlite.row(statement));
        }
      }
      return rows;
    };
    for (const one of schema) await all(one);
    return {all};
  };
}

export const changeColumns = '"table", pk, cid, val, col_version, db_version, site_id, cl, seq';
export const applyChange = `INSERT INTO crsql_changes (${changeColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
