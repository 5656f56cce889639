// The engine in a worker of its own. The page asks with {id, ask, …} and gets {id, answer} or {id, error}; {changed} comes after
// what changed rows, {progress} during a sync.
"use strict";
importScripts("tefter.js");

const OK = 0, ROW = 1, DONE = 2, MORE = 3;
const files = 24; // of the engine's folder: replica, journal, key slots, and each of them in the making
const report_bytes = 80;

let engine; // the compiled library
let replica = 0;
let word; // memory for out-parameters
let busy = false; // a sync is on its way

const call = (name, result, types, values) => engine.ccall(name, result, types, values);
const sentence = () => call("tefter_message", "string", ["number"], [replica]);

/// A status of the C interface, or an exception with its sentence.
function check(status) {
    if (status <= MORE) return status;
    const error = new Error(sentence());
    error.status = status;
    throw error;
}
const pointer = (at = word) => engine.HEAPU32[at >> 2];
const integer = (at = word) => new DataView(engine.HEAPU8.buffer).getBigInt64(at, true);

async function start() {
    engine = await loadTefter();
    try {
        await engine.openStorage("tefter", files);
    } catch (error) {
        const elsewhere = error.name === "NoModificationAllowedError" || error.name === "InvalidStateError";
        throw Object.assign(new Error(elsewhere ? "phone.elsewhere" : "phone.no_storage"), { key: true });
    }
    word = engine._malloc(report_bytes);
    const catalog = await (await fetch("catalog.json")).text();
    const bytes = new TextEncoder().encode(catalog).length;
    const status = call("tefter_new", "number", ["string", "string", "number", "number"], ["/tefter", catalog, bytes, word]);
    replica = pointer();
    check(status);
}

/// Rows as arrays; whole numbers that a page's numbers cannot hold come as BigInt.
function query(sql, values = []) {
    check(call("tefter_query", "number", ["number", "string", "number"], [replica, sql, word]));
    const rows = pointer();
    try {
        values.forEach((value, i) => {
            if (typeof value === "string") check(call("tefter_rows_bind_text", "number", ["number", "number", "string"], [rows, i + 1, value]));
            else check(engine._tefter_rows_bind_integer(rows, i + 1, BigInt(value)));
        });
        const found = [];
        while (check(engine._tefter_rows_step(rows)) === ROW) {
            const row = [];
            for (let i = 0; i < engine._tefter_rows_columns(rows); ++i) row.push(value_of(rows, i));
            found.push(row);
        }
        return found;
    } finally {
        engine._tefter_rows_free(rows);
    }
}

function value_of(rows, column) {
    switch (engine._tefter_rows_kind(rows, column)) {
        case 1: {
            const value = engine._tefter_rows_integer(rows, column);
            return Number.isSafeInteger(Number(value)) ? Number(value) : value;
        }
        case 2: return engine._tefter_rows_real(rows, column);
        case 3: return call("tefter_rows_text", "string", ["number", "number", "number"], [rows, column, 0]);
        default: return null;
    }
}

/// Edits are {put | remove: table, scope, key: […], values: {column: value}}; whole numbers are numbers or BigInt.
function write(edits) {
    check(call("tefter_edits_new", "number", ["number", "number"], [replica, word]));
    const all = pointer();
    try {
        for (const edit of edits) {
            if (edit.remove) call("tefter_edits_delete", null, ["number", "string"], [all, edit.remove]);
            else call("tefter_edits_put", null, ["number", "string", "string"], [all, edit.put, edit.scope ?? null]);
            for (const part of edit.key) {
                if (typeof part === "string") call("tefter_edits_key_text", null, ["number", "string"], [all, part]);
                else engine._tefter_edits_key_integer(all, BigInt(part));
            }
            for (const [column, value] of Object.entries(edit.values ?? {})) set(all, column, value);
        }
        check(engine._tefter_write(replica, all, 0n, word));
    } finally {
        engine._tefter_edits_free(all);
    }
    postMessage({ changed: true });
}

function set(edits, column, value) {
    const name = [edits, column];
    if (value === null) call("tefter_edits_null", null, ["number", "string"], name);
    else if (typeof value === "string") call("tefter_edits_text", null, ["number", "string", "string"], [...name, value]);
    else {
        // ccall carries no 64-bit numbers, so the name is laid down by hand.
        const bytes = new TextEncoder().encode(column + "\0");
        const at = engine._malloc(bytes.length);
        engine.HEAPU8.set(bytes, at);
        engine._tefter_edits_integer(edits, at, BigInt(value));
        engine._free(at);
    }
}

function new_id() {
    check(engine._tefter_new_id(replica, word));
    return integer();
}

function report(sync) {
    engine.HEAPU8.fill(0, word, word + report_bytes);
    engine.HEAPU32[word >> 2] = report_bytes;
    engine._tefter_sync_report(sync, word);
    // Behind `size`: two numbers of changesets, two of bytes, round trips, refused, the clock, and three yes or no.
    const at = (offset) => Number(integer(word + offset));
    return { sent: at(8), received: at(16), bytes_sent: at(24), bytes_received: at(32), refused: at(48), identical: engine.HEAP32[(word + 64) >> 2] === 1 };
}

/// The bytes are carried here, in pieces as they come; between two of them the page can ask and write.
async function sync() {
    if (busy) throw new Error("A sync is on its way already.");
    busy = true;
    check(call("tefter_sync_new", "number", ["number", "number"], [replica, word]));
    const sync = pointer();
    try {
        do {
            const out = engine._malloc(12);
            check(engine._tefter_sync_request(sync, out, out + 4, out + 8));
            const path = text_at(pointer(out));
            const body = engine.HEAPU8.slice(pointer(out + 4), pointer(out + 4) + pointer(out + 8));
            engine._free(out);
            await carry(sync, path, body);
        } while (check(engine._tefter_sync_end_answer(sync)) === MORE);
        return report(sync);
    } finally {
        engine._tefter_sync_free(sync);
        busy = false;
        if (answers.state().enrolled) postMessage({ changed: true });
        else engine._tefter_close(replica); // revoked: nothing is left here
    }
}

function text_at(at) {
    let end = at;
    while (engine.HEAPU8[end]) ++end;
    return new TextDecoder().decode(engine.HEAPU8.slice(at, end));
}

async function carry(sync, path, body) {
    let answer;
    try {
        answer = await fetch(path, { method: "POST", body, headers: { "Content-Type": "application/octet-stream" }, cache: "no-store", credentials: "omit" });
    } catch {
        throw Object.assign(new Error("phone.offline"), { key: true });
    }
    if (answer.status >= 400 && answer.status < 500) throw new Error(await answer.text());
    if (!answer.ok) throw Object.assign(new Error("phone.offline"), { key: true });
    const pieces = answer.body.getReader();
    for (;;) {
        let piece;
        try {
            piece = await pieces.read();
        } catch {
            throw Object.assign(new Error("phone.offline"), { key: true });
        }
        if (piece.done) return;
        const at = engine._malloc(piece.value.length);
        engine.HEAPU8.set(piece.value, at);
        try {
            check(engine._tefter_sync_feed(sync, at, piece.value.length));
        } finally {
            engine._free(at);
        }
        postMessage({ progress: report(sync) });
    }
}

const answers = {
    state: () => ({ enrolled: call("tefter_is_enrolled", "number", ["number"], [replica]) === 1, open: engine._tefter_device(replica) !== 0 }),
    enrol: ({ code, passphrase }) => void check(call("tefter_enrol", "number", ["number", "string", "string"], [replica, code, passphrase])),
    unlock: ({ passphrase }) => void check(call("tefter_open", "number", ["number", "string"], [replica, passphrase])),
    lock: () => engine._tefter_close(replica),
    query: ({ sql, values }) => query(sql, values),
    write: ({ edits }) => write(edits),
    new_id,
    unsent: () => {
        check(engine._tefter_unsent(replica, word));
        return Number(integer());
    },
    sync,
};

let started = start();
onmessage = async ({ data }) => {
    try {
        await started;
        postMessage({ id: data.id, answer: await answers[data.ask](data) });
    } catch (error) {
        postMessage({ id: data.id, error: error.message, key: error.key === true, status: error.status ?? 0 });
    }
};
