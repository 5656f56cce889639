// Check-in on a telephone: unlock, choose an activity, tap whoever comes in. The replica is in worker.js; this draws.

const languages = { en: "English", sq: "Shqip", bs: "Bosanski", mk: "Македонски", cnr: "Crnogorski", sr_latn: "Srpski", sr_cyrl: "Српски" };
const enough = 40; // people in a list: more are found by typing
const halves = ["", "morning", "afternoon", "evening"];
const mark = { absent: 1, excused: 2, late: 3, present: 4 };

const bar = document.getElementById("bar");
const main = document.getElementById("main");
const worker = new Worker("worker.js");
const waiting = new Map();
let asked = 0;
let texts = {};
let language = localStorage.getItem("language") ?? guess_language();
let screen = () => {};
let syncing = false;

function guess_language() {
    for (const wanted of navigator.languages) {
        const code = wanted.toLowerCase();
        if (code.startsWith("sr")) return code.includes("latn") ? "sr_latn" : "sr_cyrl";
        if (code.startsWith("cnr") || code === "sr-me") return "cnr";
        const known = Object.keys(languages).find((each) => code.startsWith(each));
        if (known) return known;
    }
    return "en";
}

const t = (key, ...values) => values.reduce((text, value, i) => text.replace(`{${i}}`, value), texts[language]?.[key] ?? key);

function ask(what, values = {}) {
    return new Promise((resolve, reject) => {
        waiting.set(++asked, { resolve, reject });
        worker.postMessage({ ...values, ask: what, id: asked });
    });
}
worker.onmessage = ({ data }) => {
    if (data.changed) return void screen.changed?.();
    if (data.progress) return show_progress(data.progress);
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error === undefined) resolve(data.answer);
    else reject(Object.assign(new Error(data.key ? t(data.error) : data.error), { status: data.status }));
};

/// An element; what is text stays text.
function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (typeof value === "function") made.addEventListener(key, value);
        else if (value === true) made.setAttribute(key, "");
        else if (value !== false && value !== null) made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
}
const button = (text, click, attributes = {}) => element("button", { type: "button", click, ...attributes }, text);

function show(title, back, ...content) {
    document.documentElement.lang = language.replace("_", "-");
    bar.replaceChildren(...[back ? button("‹", back, { "aria-label": t("back") }) : null, element("span", { class: "title" }, title)].filter(Boolean));
    main.replaceChildren(...content);
}
const complaint = (text = "") => element("p", { class: "error", role: "alert", hidden: text === "" }, text);
function complain(box, error) {
    box.textContent = error.message;
    box.hidden = false;
}

// Names in any script: Cyrillic as Latin, without diacritics.
const cyrillic = {
    а: "a", б: "b", в: "v", г: "g", д: "d", ђ: "dj", ѓ: "g", е: "e", ж: "z", з: "z", ѕ: "dz", и: "i", ј: "j", к: "k", л: "l", љ: "lj", м: "m", н: "n",
    њ: "nj", о: "o", п: "p", р: "r", с: "s", т: "t", ћ: "c", ќ: "k", у: "u", ф: "f", х: "h", ц: "c", ч: "c", џ: "dz", ш: "s",
};
const fold = (text) => [...text.toLowerCase()].map((letter) => cyrillic[letter] ?? letter).join("")
    .replaceAll("đ", "dj").normalize("NFD").replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
const finds = (folded, words) => words.every((word) => folded.some((each) => each.startsWith(word)));

function title_of(text) {
    try {
        const all = JSON.parse(text);
        return all[language] ?? all.en ?? Object.values(all)[0];
    } catch {
        return text;
    }
}
const today = () => new Intl.DateTimeFormat("sv-SE").format(new Date());
function date(iso) {
    const [year, month, day] = iso.split("-").map(Number);
    const dots = language !== "en" && language !== "sq" && language !== "mk";
    return `${day}${dots ? "." : ""} ${t(`month.${month}`)} ${year}${dots ? "." : ""}`;
}

function choose_language() {
    const select = element("select", { "aria-label": t("settings.language"), change: () => {
        language = select.value;
        localStorage.setItem("language", language);
        screen();
    } });
    for (const [code, name] of Object.entries(languages)) select.append(element("option", { value: code, selected: code === language }, name));
    return select;
}
const claim = () => element("div", { class: "claim" }, element("img", { src: "/assets/tefter.svg", alt: "" }), element("p", { class: "muted" }, t("unlock.claim")));

/// A form whose button waits while it works.
function form(fields, label, working, submit) {
    const problem = complaint();
    const send = element("button", { class: "primary" }, label);
    return element("form", { submit: async (event) => {
        event.preventDefault();
        problem.hidden = true;
        send.disabled = true;
        send.textContent = working;
        try {
            await submit();
        } catch (error) {
            complain(problem, error);
            send.disabled = false;
            send.textContent = label;
        }
    } }, ...fields, problem, send);
}
function field(label, attributes) {
    const input = element("input", { autocomplete: "off", ...attributes });
    return [input, element("label", {}, label, input)];
}

function enrol_screen(why) {
    screen = () => enrol_screen(why);
    const [code, code_label] = field(t("unlock.code"), { name: "code", required: true, autocapitalize: "characters", spellcheck: "false", value: decodeURIComponent(location.hash.slice(1)) });
    const [first, first_label] = field(t("unlock.new_passphrase"), { name: "passphrase", type: "password", required: true, autocomplete: "new-password" });
    const [again, again_label] = field(t("unlock.again"), { name: "again", type: "password", required: true, autocomplete: "new-password" });
    show("Tefter", null, claim(), ...(why ? [complaint(why.message)] : []), choose_language(), element("h1", {}, t("unlock.first.title")), form([code_label, first_label, again_label], t("unlock.enrol"), t("unlock.enrolling"), async () => {
        if ([...first.value].length < 8) throw new Error(t("unlock.short"));
        if (first.value !== again.value) throw new Error(t("unlock.differ"));
        await ask("enrol", { code: code.value.trim(), passphrase: first.value });
        history.replaceState(null, "", location.pathname);
        await navigator.storage.persist?.();
        activities_screen();
        await sync();
    }), element("p", { class: "hint" }, t("unlock.forgotten")));
}

function unlock_screen() {
    screen = unlock_screen;
    const [passphrase, label] = field(t("unlock.passphrase"), { name: "passphrase", type: "password", required: true, autocomplete: "current-password" });
    show("Tefter", null, claim(), choose_language(), form([label], t("unlock.open"), t("unlock.opening"), async () => {
        try {
            await ask("unlock", { passphrase: passphrase.value });
        } catch (error) {
            throw error.status === 18 ? new Error(t("unlock.wrong")) : error;
        }
        activities_screen();
        if (navigator.onLine) sync();
    }));
    passphrase.focus();
}

// How it stands between this telephone and the server: what waits here, and how the last sync went.
const waits = element("p", { class: "muted", role: "status" });
const went = element("p", { class: "note", role: "status", hidden: true });
const send_problem = complaint();
async function show_unsent() {
    const unsent = await ask("unsent");
    waits.textContent = unsent === 0 ? t("send.nothing_waits") : t("send.unsent", unsent);
}
async function sync() {
    if (syncing) return;
    syncing = true;
    send_problem.hidden = true;
    went.hidden = false;
    went.textContent = t("send.running");
    try {
        const done = await ask("sync");
        navigator.serviceWorker?.controller?.postMessage("look");
        went.textContent = t(done.identical ? "send.identical" : "send.done", bytes(done.bytes_sent), bytes(done.bytes_received));
    } catch (error) {
        went.hidden = true;
        complain(send_problem, error);
        if (!(await ask("state")).enrolled) enrol_screen(error); // revoked: nothing is left here
    }
    syncing = false;
}
const bytes = (count) => (count < 1024 ? t("send.bytes", count) : t("send.kilobytes", Math.round(count / 1024)));
const show_progress = (now) => { went.textContent = t("send.progress", bytes(now.bytes_sent), bytes(now.bytes_received), now.received); };
const send_row = () => [button(t("send.now"), sync), waits, went, send_problem];

async function activities_screen() {
    screen = activities_screen;
    const search = element("input", { class: "search", type: "search", placeholder: t("activities.search"), "aria-label": t("activities.search"), input: () => list() });
    const items = element("ul", { class: "list" });
    show(t("nav.activities"), null, search, items, ...send_row(), button(t("nav.lock"), lock));
    let rows = [];
    const list = () => {
        const words = fold(search.value).split(" ").filter(Boolean);
        const found = rows.filter((row) => finds(row.folded, words)).slice(0, enough);
        items.replaceChildren(...found.map((row) => element("li", {}, button("", () => door_screen(row.code), {}))));
        found.forEach((row, i) => items.children[i].firstChild.append(
            element("span", {}, row.title), element("small", {}, [row.starts === row.ends ? date(row.starts) : `${date(row.starts)} – ${date(row.ends)}`, row.place].filter(Boolean).join(" · ")),
            element("span", { class: "state" }, row.now ? t("today.here", row.here, row.expected) : "")));
        if (found.length === 0) items.append(element("li", { class: "muted" }, rows.length === 0 ? t("today.nothing") : t("nothing.found")));
    };
    const load = async () => {
        const day = today();
        const all = await ask("query", { sql: "SELECT code, title, place, starts_on, ends_on, (SELECT count(*) FROM enrolment WHERE activity = code AND state NOT IN (5, 6)), " +
            "CASE WHEN ?1 BETWEEN starts_on AND ends_on THEN (SELECT count(DISTINCT person) FROM attendance WHERE activity = code AND status >= 3) ELSE 0 END FROM activity", values: [day] });
        rows = all.map(([code, title, place, starts, ends, expected, here]) => ({ code, title: title_of(title), place, starts, ends, expected, here, now: starts <= day && day <= ends }));
        // What takes place now first, then the nearest to today.
        const away = (row) => (row.now ? -1 : Math.abs(Date.parse(row.starts) - Date.parse(day)));
        for (const row of rows) row.folded = fold(`${row.title} ${row.place ?? ""} ${row.code}`).split(" ");
        rows.sort((a, b) => away(a) - away(b) || a.code.localeCompare(b.code));
        list();
        await show_unsent();
    };
    screen.changed = load;
    await load();
}

/// Of the sessions of an activity, the one that takes place now.
function session_of_now(sessions) {
    const of_today = sessions.filter((session) => session.date === today());
    const half = new Date().getHours() < 13 ? 1 : 2;
    return of_today.find((session) => session.half === half) ?? of_today[0] ?? sessions[0];
}

async function door_screen(code) {
    screen = () => door_screen(code);
    const [[title, beneficiary]] = await ask("query", { sql: "SELECT title, beneficiary FROM activity WHERE code = ?1", values: [code] });
    const sessions = (await ask("query", { sql: "SELECT number, date, half_day FROM session WHERE activity = ?1 ORDER BY number", values: [code] }))
        .map(([number, day, half]) => ({ number, date: day, half }));
    if (sessions.length === 0) sessions.push({ number: 1, date: null, half: null });
    let session = session_of_now(sessions);
    const search = element("input", { class: "search", type: "search", placeholder: t("door.who"), "aria-label": t("door.who"), input: () => list(), keydown: (event) => event.key === "Enter" && only() });
    const chips = element("div", { class: "chips", role: "group" });
    const count = element("p", { class: "count", role: "status" });
    const items = element("ul", { class: "list" });
    const undo = element("div", { class: "undo", hidden: true });
    const problem = complaint();
    let people = [];
    let here = new Set();

    const row_of = (person) => {
        const is_here = here.has(person.key);
        return element("li", {}, element("button", { type: "button", class: is_here ? "here" : "", "aria-pressed": String(is_here), click: () => (is_here ? take_back(person) : check_in(person)) },
            element("span", {}, `${person.family} ${person.given}`), element("small", {}, person.institution ?? ""),
            element("span", { class: "state" }, is_here ? t("door.here") : person.enrolled ? "" : t("door.not_on_list"))));
    };
    const found = () => {
        const words = fold(search.value).split(" ").filter(Boolean);
        if (words.length === 0) return people.filter((person) => person.enrolled);
        return people.filter((person) => finds(person.folded, words) || person.badge === search.value.trim());
    };
    const list = () => {
        const all = found().sort((a, b) => Number(here.has(a.key)) - Number(here.has(b.key)) || Number(b.enrolled) - Number(a.enrolled));
        const expected = people.filter((person) => person.enrolled).length;
        count.replaceChildren(element("strong", {}, String(here.size)), element("span", { class: "muted", "aria-label": t("today.here", here.size, expected) }, `/ ${expected}`));
        items.replaceChildren(...all.slice(0, enough).map(row_of));
        if (all.length === 0) items.append(element("li", { class: "muted" }, search.value === "" ? t("activity.nobody") : t("door.nobody")));
        chips.replaceChildren(...(sessions.length < 2 ? [] : sessions.map((each) => button(name_of(each), () => { session = each; load(); }, { "aria-pressed": String(each === session) }))));
    };
    const name_of = (each) => [each.date && each.date !== today() ? date(each.date) : null, each.half ? t(`half_day.${halves[each.half]}`) : each.date ? null : t("grid.session", each.number)]
        .filter(Boolean).join(" · ") || date(each.date);
    const write = async (edits) => {
        problem.hidden = true;
        try {
            await ask("write", { edits });
        } catch (error) {
            complain(problem, error);
        }
    };
    const check_in = async (person) => {
        const edits = [{ put: "attendance", key: [person.id, code, session.number], values: { status: mark.present, marked_at: Date.now(), how: "list" } }];
        if (!person.enrolled) edits.unshift({ put: "enrolment", key: [person.id, code], values: { state: "accepted", role: "participant" } });
        await write(edits);
        undo.hidden = false;
        undo.replaceChildren(element("span", {}, `${person.family} ${person.given}`), button(t("undo"), () => take_back(person)));
        search.value = "";
        search.focus();
    };
    const take_back = async (person) => {
        undo.hidden = true;
        await write([{ remove: "attendance", key: [person.id, code, session.number] }]);
    };
    /// Enter takes the one who is found, as a scanner types it.
    const only = () => {
        const all = found().filter((person) => !here.has(person.key));
        if (search.value !== "" && all.length === 1) check_in(all[0]);
    };
    const load = async () => {
        const rows = await ask("query", { sql: "SELECT person.id, family_name, given_name, institution_text, badge, enrolment.person IS NOT NULL FROM person " +
            "LEFT JOIN enrolment ON enrolment.person = person.id AND enrolment.activity = ?1 AND enrolment.state NOT IN (5, 6)", values: [code] });
        people = rows.map(([id, family, given, institution, badge, enrolled]) => ({ id, key: String(id), family, given, institution, badge, enrolled: enrolled === 1, folded: fold(`${family} ${given}`).split(" ") }));
        people.sort((a, b) => a.folded.join(" ").localeCompare(b.folded.join(" ")));
        const marks = await ask("query", { sql: "SELECT person FROM attendance WHERE activity = ?1 AND session_number = ?2 AND status >= 3", values: [code, session.number] });
        here = new Set(marks.map(([person]) => String(person)));
        list();
    };
    show(title_of(title), activities_screen, chips, count, search, undo, problem, items,
        button(t("door.new"), () => new_person_screen(code, session, search.value)),
        ...(beneficiary === "XK" ? [element("p", { class: "foot" }, t("kosovo"))] : []));
    screen.changed = load;
    await load();
    search.focus();
}

/// A person who is not registered yet, with the two names that are required; the rest can wait for the office.
async function new_person_screen(code, session, typed) {
    screen = () => new_person_screen(code, session, typed);
    const [family, family_label] = field(t("person.family"), { name: "family", required: true, maxlength: 120, value: typed });
    const [given, given_label] = field(t("person.given"), { name: "given", required: true, maxlength: 120 });
    const gender = element("select", { name: "gender" }, element("option", { value: "" }, "–"), ...["female", "male", "other", "not_said"].map((each) => element("option", { value: each }, t(`gender.${each}`))));
    const scopes = (await ask("query", { sql: "SELECT DISTINCT beneficiary FROM activity WHERE code = ?1", values: [code] }))[0][0];
    show(t("person.new"), () => door_screen(code), element("p", { class: "hint" }, t("person.new.words")), form([family_label, given_label, element("label", {}, t("person.gender"), gender)], t("person.save_check_in"), t("person.save_check_in"), async () => {
        if (!family.value.trim() || !given.value.trim()) throw new Error(t("person.fault.required"));
        const id = await ask("new_id");
        await ask("write", { edits: [
            { put: "person", scope: scopes ?? "regional", key: [id], values: { family_name: family.value.trim(), given_name: given.value.trim(), ...(gender.value ? { gender: gender.value } : {}) } },
            { put: "enrolment", key: [id, code], values: { state: "accepted", role: "participant" } },
            { put: "attendance", key: [id, code, session.number], values: { status: mark.present, marked_at: Date.now(), how: "by_hand" } },
        ] });
        door_screen(code);
    }));
    given.focus();
}

// Nobody touched it for five minutes: the key goes out of the memory. What was recorded is on the disk already.
const idle_ms = 5 * 60 * 1000;
let idle = 0;
async function lock() {
    await ask("lock");
    unlock_screen();
}
function stir() {
    clearTimeout(idle);
    idle = setTimeout(async () => (!syncing && (await ask("state")).open ? lock() : stir()), idle_ms);
}

async function start() {
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, stir);
    stir();
    navigator.serviceWorker?.register("service.js");
    addEventListener("online", () => screen.changed && sync());
    texts = await (await fetch("texts.json")).json();
    try {
        const state = await ask("state");
        if (state.enrolled) unlock_screen();
        else enrol_screen();
    } catch (error) {
        show("Tefter", null, claim(), complaint(error.message));
    }
}
start();
