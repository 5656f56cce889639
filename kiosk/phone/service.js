// Keeps the page's own files, so that it opens without a network. They are kept together under the version that the server
// states; a newer one is fetched whole before it takes the place of the old one. Nothing else is ever kept here.
"use strict";

const files = ["./", "page.js", "page.css", "worker.js", "tefter.js", "tefter.wasm", "catalog.json", "texts.json", "manifest.json", "/assets/tefter.svg"];

async function fetch_all() {
    const version = await (await fetch("version", { cache: "no-store" })).text();
    if (await caches.has(version)) return;
    const fresh = await caches.open(version + " coming");
    await fresh.addAll(files.map((file) => new Request(file, { cache: "reload" })));
    const kept = await caches.open(version);
    for (const request of await fresh.keys()) await kept.put(request, await fresh.match(request));
    await caches.delete(version + " coming");
    for (const name of await caches.keys()) if (name !== version) await caches.delete(name);
}

addEventListener("install", (event) => event.waitUntil(fetch_all().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
    if (event.request.method !== "GET") return;
    event.respondWith(caches.match(event.request, { ignoreSearch: true }).then((kept) => kept ?? fetch(event.request)));
});
// The page asks at each sync whether there is a newer one; it is used when the page is opened next.
addEventListener("message", (event) => event.waitUntil(fetch_all().catch(() => {})));
