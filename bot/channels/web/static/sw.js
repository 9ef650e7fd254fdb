/* Keeps the page itself, so that it opens without network, and sends what waits when the network
   comes back while the page is closed. Never keeps anything of api/: no word of a conversation. */
"use strict";

const VERSION = "{{version}}";
const BASE = new URL(self.registration.scope).pathname;
const OURS = `vongtay:${BASE}:`;
const CACHE = OURS + VERSION;
const PATIENCE = 6000; // ms for the page from the network when we have it here too

const versioned = (name) => `${BASE}${name}?v=${VERSION}`;
const SHELL = ["app.css", "store.js", "queue.js", "live.js", "draw.js", "alarm.js", "suggest.js", "app.js", "extras.js"]
  .map(versioned)
  .concat([`${BASE}icon.svg`]);

importScripts(versioned("store.js"), versioned("queue.js"));

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(SHELL);
    await keepPage(await fetch(BASE, { credentials: "same-origin" }));
    await self.skipWaiting(); // safe: each version of the page asks for files of its own version
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith(OURS) && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

async function keepPage(response) {
  const type = response.headers.get("Content-Type") || "";
  // A hotel's log-in page is not our page.
  if (!response.ok || response.redirected || !type.includes("text/html")) return;
  await (await caches.open(CACHE)).put(BASE, response);
}

async function page(event) {
  const fresh = fetch(event.request);
  event.waitUntil(fresh.then((response) => keepPage(response.clone())).catch(() => {}));
  const kept = await (await caches.open(CACHE)).match(BASE);
  if (!kept) return fresh;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  return Promise.race([fresh.then((answer) => (answer.status < 500 ? answer : kept)), late]).catch(() => kept);
}

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname, search } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  if (mode === "navigate" && pathname === BASE) {
    event.respondWith(page(event));
  } else if (SHELL.includes(pathname + search)) {
    event.respondWith(caches.match(event.request).then((kept) => kept || fetch(event.request)));
  }
});

/* Background Sync; a rejection makes the browser try again later. */
self.addEventListener("sync", (event) => {
  event.waitUntil((async () => {
    const ignore = () => {};
    const told = { sent: ignore, refused: ignore, trouble: ignore, signedOut: ignore, slow: ignore };
    const { left } = await createQueue(await openStore(`vongtay:${BASE}`), BASE, told).flush();
    const pages = await self.clients.matchAll();
    pages.forEach((client) => client.postMessage("look"));
    if (left) throw new Error("not all was sent");
  })());
});
