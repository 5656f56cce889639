// Clicks through the web pages as people do. Started by tests/processes/web.py, which has made the server and its devices.
import {readFileSync} from "node:fs";
import {check, device, looksRight, picture, same, signIn, start, stop, visitor, world} from "./browser.mjs";

const number = text => Number(text.replace(/[^0-9.]/g, ""));
const figure = (page, code) => page.locator(`[data-live="figure-${code}"] .value`).innerText();

async function signingIn() {
  const page = await visitor({size: "phone"});
  await page.to("/people?q=x");
  check(await page.isVisible("#passphrase"), "without a session the sign-in page stands at every address");
  await looksRight(page, "sign-in");
  await picture(page, "sign-in");
  await signIn(page, "Sara", "not the passphrase");
  check((await page.innerText("[role=alert]")).includes("not right"), "a wrong passphrase is said");
  await signIn(page, "Sara", world.passphrase);
  same(new URL(page.url()).pathname, "/", "a sign-in leads to the overview");
}

async function everyPage() {
  const person = device("tirana", "--json", "query", "SELECT id FROM person ORDER BY id LIMIT 1")[0].id;
  const paths = ["/", "/?beneficiary=AL&gender=female", "/figures/C1", "/figures/A1", "/activities", `/activities/${world.activity}`, "/people", `/registers/person/${person}`,
    `/edit/person/${person}`, "/new/law", `/proof/person/${person}`, "/registers", "/registers/attendance", "/known", "/review", "/review/people", "/review/stopped", "/review/erasures", "/devices", "/access",
    "/account", "/exports", "/nowhere"];
  for (const size of ["phone", "laptop"]) {
    const page = await visitor({name: "Ana", size});
    for (const path of paths) {
      const answer = await page.to(path);
      same(answer.status(), path === "/nowhere" ? 404 : 200, path);
      await looksRight(page, `${path} on a ${size}`);
    }
  }
}

async function howHardAPassphraseIs() {
  const page = await visitor({name: "Ana"});
  await page.to("/account");
  await page.fill("#new", "password1234");
  await page.waitForSelector('.strength[data-level="1"]');
  same(await page.innerText(".strength"), "Easy to guess", "what many have had is told so while it is typed");
  await page.fill("#new", "kuzhina jeshile det mali");
  await page.waitForSelector('.strength[data-level="4"]');
  await looksRight(page, "a passphrase that is measured");
  await picture(page, "account");
}

async function figuresDownToSignedChanges() {
  const page = await visitor({name: "Sara"});
  const report = device("staff", "--json", "report");
  same(number(await figure(page, "C1")), report.totals.people_who_attended, "people reached");
  await picture(page, "overview");
  await Promise.all([page.waitForNavigation(), page.selectOption("#filter-beneficiary", "AL")]);
  check(page.url().includes("beneficiary=AL"), "the filter stands in the address");
  same(number(await figure(page, "C1")), report.totals.by_beneficiary.AL, "people reached of Albania");
  await page.locator('[data-live="figure-C1"] .value a').click();
  await page.waitForURL(/figures\/C1/);
  await page.waitForSelector("section.drawn canvas");
  const drawn = await page.evaluate(() => {
    const canvas = document.querySelector("section.drawn canvas");
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return {points: Chart.getChart(canvas).data.datasets[0].data, ink: pixels.some(value => value !== 0)};
  });
  const listed = await page.locator("table.points td").allInnerTexts();
  same(drawn.points.length, listed.length, "columns drawn and rows of their table");
  check(drawn.ink && drawn.points.some(value => value > 0), "the chart is drawn");
  await page.evaluate(() => document.querySelector("section.drawn").scrollIntoView({block: "center"}));
  await picture(page, "figure");
  same(number(await page.innerText('[data-live="rows"] .pages .muted')), report.totals.by_beneficiary.AL, "rows behind the figure");
  await page.locator('[data-live="rows"] tbody tr').first().getByText("Proof").click();
  await page.waitForURL(/proof\/person/);
  check((await page.innerText("main")).includes("Signature and chain hold"), "the chain was checked");
  check((await page.innerText("ol.steps")).includes("tirana"), "the change names its office");
  await picture(page, "proof");
}

async function managersSeeFiguresAlone() {
  const page = await visitor({name: "Mira"});
  const people = device("tirana", "--json", "query", "SELECT family_name FROM person").map(row => row.family_name);
  for (const path of ["/", "/figures/C1", `/activities/${world.activity}`, "/registers/enrolment", "/registers/attendance", "/devices"]) {
    await page.to(path);
    const text = await page.innerText("main");
    for (const name of people) check(!text.includes(name), `a manager reads the name ${name} at ${path}`);
  }
  await page.to("/figures/C1?cut=gender&kind=internship&beneficiary=AL");
  for (const value of await page.locator('[data-live="parts"] td.number').allInnerTexts()) {
    check(value.includes("fewer than") || number(value) >= 5, `a small cell is masked: ${value}`);
  }
}

async function withoutScript() {
  const page = await visitor({name: "Mira", script: false});
  check(number(await figure(page, "C1")) > 0 && (await page.locator("svg.bar").count()) > 5, "figures and charts are there before any script");
  await page.selectOption("#filter-beneficiary", "AL");
  await Promise.all([page.waitForNavigation(), page.click(".filters button")]);
  check(page.url().includes("beneficiary=AL"), "filters work by their button");
  await page.to("/figures/C1");
  check((await page.locator("table.points tbody tr").filter({visible: true}).count()) > 0, "a chart's figures are read without it");
}

async function live() {
  const page = await visitor({name: "Mira"});
  await page.waitForSelector("body.listening");
  const before = number(await figure(page, "C3"));
  await page.evaluate(() => { window.sameDocument = true; });
  const row = device("tirana", "--json", "query", `SELECT p.id FROM person p WHERE p.id NOT IN (SELECT person FROM enrolment) ORDER BY p.id LIMIT 1`)[0];
  device("tirana", "put", "enrolment", `${row.id}/${world.activity}`, "state=accepted", "role=participant");
  device("tirana", "put", "attendance", `${row.id}/${world.activity}/1`, "status=present");
  device("tirana", "sync");
  await page.waitForFunction(n => Number(document.querySelector('[data-live="figure-C3"] .value').innerText.replace(/[^0-9.]/g, "")) === n, before + 1);
  check(await page.evaluate(() => window.sameDocument), "the page was not loaded anew");
  await page.waitForSelector(".live.shown");
}

async function conflictDecided() {
  const page = await visitor({name: "Sara"});
  const id = device("tirana", "--json", "query", "SELECT id FROM person ORDER BY id LIMIT 1")[0].id;
  await page.to(`/edit/person/${id}`);
  await page.fill("#position", "Written on the web <b>bold</b>");
  device("tirana", "put", "person", id, "position=Written in Tirana");
  device("tirana", "sync");
  await Promise.all([page.waitForNavigation(), page.getByRole("button", {name: "Save"}).click()]);
  await page.to("/review");
  const text = await page.innerText("main");
  check(text.includes("Written in Tirana") && text.includes("Written on the web <b>bold</b>"), "both values stand beside each other, as they were typed");
  await looksRight(page, "an open conflict");
  await picture(page, "conflict");
  const mine = page.locator(".versus > div").filter({hasText: "Written in Tirana"});
  await Promise.all([page.waitForNavigation(), mine.getByRole("button", {name: "Keep this"}).click()]);
  check((await page.innerText("main")).includes("Nothing to decide"), "the decision stands");
  device("tirana", "sync");
  same(device("tirana", "--json", "query", `SELECT position FROM person WHERE id = ${id}`)[0].position, "Written in Tirana", "the decision reached the office");
  await page.to(`/proof/person/${id}`);
  check((await page.innerText("ol.steps")).includes("Sara"), "the proof names who decided");
}

async function erasedByTwo() {
  const id = device("tirana", "put", "person", "new", "family_name=Harabeli", "given_name=Drita", "gender=female", "telephone=+355 4 222 333", "--scope", "AL").trim();
  device("tirana", "sync");
  const sara = await visitor({name: "Sara"});
  await sara.to(`/registers/person/${id}`);
  await sara.locator("#erasure summary").click();
  await looksRight(sara, "a row with its form for an erasure");
  await sara.selectOption("#reason", "asked_by_person");
  await Promise.all([sara.waitForNavigation(), sara.locator("#erasure").getByRole("button").click()]);
  const asked = sara.locator("tbody tr").filter({hasText: "Harabeli Drita"});
  check((await asked.innerText()).includes("You asked"), "who asked does not approve");
  await looksRight(sara, "an erasure that waits");
  await picture(sara, "erasure");

  const ana = await visitor({name: "Ana"});
  await ana.to("/review/erasures");
  const waits = ana.locator("tbody tr").filter({hasText: "Harabeli Drita"});
  check((await waits.innerText()).includes("Sara"), "the list names who asked");
  await waits.locator("summary").click();
  await Promise.all([ana.waitForNavigation(), waits.getByRole("button", {name: "Approve"}).click()]);
  check((await ana.innerText("main")).includes("No erasure waits"), "nothing waits any more");
  await ana.to(`/registers/person/${id}`);
  const text = await ana.innerText("main");
  check(!text.includes("Harabeli") && !text.includes("222 333") && text.includes("Female"), "personal values are gone, what is counted stays");
  await ana.to("/access");
  check((await ana.innerText("main")).includes("approved: "), "the log of views tells of the erasure");
  device("tirana", "sync");
  same(device("tirana", "--json", "query", `SELECT family_name, telephone FROM person WHERE id = ${id}`)[0].telephone, null, "and on the device");
}

async function meetingOfACase() {
  const id = device("staff", "put", "supported_case", "new", "reference=JC-2026-31", "opened_on=2026-02-11", "beneficiary=AL", "state=open", "--scope", "AL").trim();
  device("staff", "sync");
  const page = await visitor({name: "Sara"});
  await page.to(`/registers/supported_case/${id}`);
  await looksRight(page, "a case");
  await Promise.all([page.waitForNavigation(), page.getByRole("link", {name: "Meeting"}).click()]);
  same(await page.inputValue("#supported_case"), id, "what the meeting is about is filled in");
  await page.selectOption("#_scope", "AL");
  await page.selectOption("#kind", {label: "Coordination"});
  await page.fill("#held_on", "2026-03-16");
  await page.fill("#place", "The Hague");
  await Promise.all([page.waitForNavigation(), page.click("button.primary")]);
  await page.to(`/registers/supported_case/${id}`);
  check((await page.innerText('[data-live="of-meeting-supported_case"]')).includes("The Hague"), "the case shows its meeting");
  await page.setInputFiles("#files input[type=file]", {name: "Nacrt – нацрт.txt", mimeType: "text/plain", buffer: Buffer.from("A draft of the request.")});
  await Promise.all([page.waitForNavigation(), page.locator("#files button").click()]);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", {name: "Nacrt"}).click()]);
  same(download.suggestedFilename(), "Nacrt – нацрт.txt", "the file keeps its name");
  same(readFileSync(await download.path(), "utf8"), "A draft of the request.", "and what is in it");
  await looksRight(page, "a case with a file");
  await picture(page, "case");
  device("staff", "sync");
  same(device("staff", "--json", "query", `SELECT place FROM meeting WHERE supported_case = ${id}`)[0].place, "The Hague", "and the staff's device has it");
  const file = device("staff", "--json", "file", "list", "supported_case", id)[0];
  device("staff", "file", "get", file.file, `${world.folder}/draft.txt`);
  same(readFileSync(`${world.folder}/draft.txt`, "utf8"), "A draft of the request.", "the file comes to the device that asks");
}

async function invitationUsed() {
  const page = await visitor({name: "Ana"});
  await page.to("/devices");
  await page.fill("#office", "Shkodër");
  await Promise.all([page.waitForNavigation(), page.getByRole("button", {name: "Make the code"}).click()]);
  check((await page.innerText("[role=alert]")).includes("at least one register"), "an invitation names its registers");
  await page.fill("#office", "Shkodër");
  await page.check('input[name=scope][value="AL"]');
  await Promise.all([page.waitForNavigation(), page.getByRole("button", {name: "Make the code"}).click()]);
  check(await page.locator("svg.qr").first().isVisible(), "the code is a QR code as well");
  await picture(page, "invitation");
  const code = await page.innerText("#code");
  const telephone = page.locator('a[href*="/phone/#"]');
  if (await telephone.count() > 0) check((await telephone.getAttribute("href")).endsWith(`/phone/#${code}`), "a telephone opens the page with the code");
  device("shkoder", "enrol", code);
  device("shkoder", "sync");
  await page.to("/devices");
  const row = page.locator("tbody tr").filter({hasText: "Shkodër"});
  check((await row.innerText()).includes("just now"), "the new device is listed with its first sync");
  await picture(page, "devices");
  await row.getByText("Add registers").first().click();
  await Promise.all([page.waitForNavigation(), row.getByRole("button", {name: "Add registers"}).click()]);
  check((await page.innerText("[role=alert]")).includes("at least one register"), "it is said which registers are added");
  await row.getByText("Add registers").first().click();
  await picture(page, "devices-grant");
  await row.locator('input[name=scope][value="MK"]').check();
  await Promise.all([page.waitForNavigation(), row.getByRole("button", {name: "Add registers"}).click()]);
  check((await row.innerText()).includes("North Macedonia"), "the device holds the register that it was given");
  device("shkoder", "sync");
  device("shkoder", "put", "person", "new", "family_name=Dimovski", "given_name=Goran", "--scope", "MK");
  await row.getByText("Revoke").first().click();
  await row.locator("input[name=reason]").fill("lost");
  await Promise.all([page.waitForNavigation(), row.getByRole("button", {name: "Revoke"}).click()]);
  check((await page.locator("tbody tr").filter({hasText: "Shkodër"}).innerText()).includes("Revoked"), "and can be shut out");
}

async function languagesAndLooks() {
  const page = await visitor({name: "Mira", locale: "mk-MK", dark: true, size: "phone"});
  same(await page.getAttribute("html", "lang"), "mk", "the browser's language is taken");
  await looksRight(page, "the overview in the dark");
  await picture(page, "phone-dark");
  await page.getByRole("link", {name: "Shqip"}).click();
  await page.waitForSelector("html[lang=sq]");
  check((await page.innerText("footer")).includes("Kosov"), "the footnote stands on the page");
}

async function firstPageIsSmall() {
  const page = await visitor({name: "Mira"});
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  await network.send("Network.setCacheDisabled", {cacheDisabled: true});
  let bytes = 0;
  network.on("Network.loadingFinished", one => { bytes += one.encodedDataLength; });
  await page.to("/");
  await page.waitForLoadState("load");
  check(bytes > 5_000 && bytes < 100_000, `the first page takes ${bytes} bytes`);
}

async function wallAndPaper() {
  const page = await visitor({name: "Mira", size: "wall"});
  await looksRight(page, "the overview on a wall");
  const used = await page.evaluate(() => document.querySelector("main").getBoundingClientRect().width / innerWidth);
  check(used > 0.8, `a wall is used, not its left part alone: ${used}`);
  await picture(page, "wall");
  await page.emulateMedia({media: "print"});
  check(!(await page.isVisible(".rail")) && !(await page.isVisible("form.filters")), "nothing to click is printed");
  check(await page.isVisible('[data-live="figure-C1"] .value'), "and the figures are");
}

await start();
try {
  for (const story of [signingIn, figuresDownToSignedChanges, managersSeeFiguresAlone, withoutScript, live, conflictDecided, erasedByTwo, meetingOfACase, invitationUsed, howHardAPassphraseIs, languagesAndLooks, firstPageIsSmall, wallAndPaper, everyPage]) {
    const began = Date.now();
    await story();
    console.log(`${story.name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
  }
} finally {
  await stop();
}
