/**
 * Answers for the pages of visits while there is no network: with one page that says so, and holds nothing of anybody.
 * Served from /staff/visits/worker.js and /staff/certificates/worker.js, each for the pages beside it. No page of a visit
 * is ever kept; scripts and styles of that one page are.
 */
const CACHE = "visits-offline-1";
const OFFLINE = new URL("offline/", self.location.href).pathname;
const FILES = /(?:href|src)="(\/static\/[^"]+)"/g;
let isFresh = false;

/** The page as a stranger sees it, with what it loads. A release brings new names. */
async function keepOffline() {
  const page = await fetch(OFFLINE, { credentials: "omit", cache: "no-store" });
  // a proxy that asks for a sign-in leads somewhere else
  if (!page.ok || page.redirected) return;
  const html = await page.clone().text();
  const cache = await caches.open(CACHE);
  const files = [...html.matchAll(FILES)].map(([, address]) => address);
  await Promise.all([cache.put(OFFLINE, page), cache.addAll(files)]);
  isFresh = true;
}

async function answer(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request.mode === "navigate" ? OFFLINE : request);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepOffline());
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const isFile = new URL(request.url).pathname.startsWith("/static/");
  if (request.method !== "GET" || !(request.mode === "navigate" || isFile)) return;
  event.respondWith(answer(request));
  if (!isFresh && request.mode === "navigate") event.waitUntil(keepOffline().catch(() => {}));
});
