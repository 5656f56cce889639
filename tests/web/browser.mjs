// A real browser on the pages of one server: what every test of them needs.
import {execFileSync} from "node:child_process";
import {createRequire} from "node:module";
import {readFileSync} from "node:fs";
import {chromium} from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const world = JSON.parse(process.env.WORLD);
export const sizes = {phone: {width: 360, height: 740}, laptop: {width: 1366, height: 768}, wall: {width: 3840, height: 2160}};

export function check(holds, words) {
  if (!holds) throw new Error(words);
}
export const same = (got, expected, words) => check(got === expected, `${words}: ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`);

/// Runs tefter on a device's replica; the answer is parsed where it is JSON.
export function device(name, ...words) {
  const out = execFileSync(`${world.bin}/tefter`, ["--replica", `${world.folder}/${name}`, "--passphrase-file", world.passphraseFile, ...words], {encoding: "utf8"});
  return words[0] === "--json" ? JSON.parse(out) : out;
}

let browser;
export async function start() {
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}
export const stop = () => browser.close();

/// A context of its own: cookies, size, language. What it asks of any other host, and what goes wrong in it, ends the test.
export async function visitor({name, size = "laptop", script = true, dark = false, locale = "en-GB"} = {}) {
  const context = await browser.newContext({ignoreHTTPSErrors: true, viewport: sizes[size], javaScriptEnabled: script, locale, colorScheme: dark ? "dark" : "light"});
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  page.faults = [];
  page.on("request", request => { if (new URL(request.url()).host !== world.address) page.faults.push(`asked ${request.url()}`); });
  page.on("pageerror", error => page.faults.push(`script: ${error.message}`));
  page.on("console", message => { if (/Content.Security.Policy|Refused to/i.test(message.text())) page.faults.push(message.text()); });
  page.to = path => page.goto(`https://${world.address}${path}`);
  if (name) await signIn(page, name, world.passphrase);
  return page;
}

export async function signIn(page, name, passphrase) {
  await page.to("/sign-in");
  await page.fill("#name", name);
  await page.fill("#passphrase", passphrase);
  await Promise.all([page.waitForNavigation(), page.click("button.primary")]);
}

/// Nothing wider than the screen, nothing that axe calls serious, nothing asked of anyone else.
export async function looksRight(page, words) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(wider <= 0, `${words} is ${wider} pixels wider than the screen`);
  await page.evaluate(axe);
  const found = await page.evaluate(() => axe.run(document, {resultTypes: ["violations"]}));
  const serious = found.violations.filter(one => ["serious", "critical"].includes(one.impact));
  check(serious.length === 0, `${words}: ${serious.map(one => `${one.id} (${one.nodes[0].html})`).join("; ")}`);
  check(page.faults.length === 0, `${words}: ${page.faults.join("; ")}`);
}

export async function picture(page, name, whole = false) {
  if (process.env.PICTURES) await page.screenshot({path: `${process.env.PICTURES}/web-${name}.png`, fullPage: whole});
}
