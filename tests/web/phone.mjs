// Two telephones at one door: enrolled, cut off, killed, at odds, and in the end the same as everyone else.
import {readFileSync, readdirSync, statSync} from "node:fs";
import {chromium} from "playwright-core";
import {check, device, same, world} from "./browser.mjs";

const passphrase = "telephone passphrase";

/// A telephone: a browser of its own, whose folder outlives it.
async function telephone(number) {
  const folder = `${world.folder}/telephone-${number}`;
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--ignore-certificate-errors", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ignoreHTTPSErrors: true, viewport: {width: 360, height: 740}, locale: "sq-AL", hasTouch: true,
  });
  const page = context.pages()[0] ?? await context.newPage();
  page.setDefaultTimeout(30000);
  page.on("pageerror", error => console.error(`telephone ${number}: ${error.message}`));
  page.on("console", message => console.error(`telephone ${number}: ${message.text()}`));
  return {context, page, folder, number};
}

const one = await telephone(1);
await one.page.goto(`https://${world.address}/phone/#${world.codes[0]}`);
await one.page.waitForSelector("input[name=passphrase]");
await one.page.screenshot({path: "/tmp/phone-1.png"});
await one.page.fill("input[name=passphrase]", passphrase);
await one.page.fill("input[name=again]", passphrase);
await one.page.click("button.primary");
await one.page.waitForSelector("ul.list button", {timeout: 60000});
await one.page.screenshot({path: "/tmp/phone-2.png"});
console.log(await one.page.innerText("main"));
await one.context.close();
