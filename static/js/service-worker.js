/**
 * Shows what the city pushes, and opens its page. Served from /sw.js; it keeps nothing and answers no requests.
 *
 * A push carries {"title", "body", "url", "tag"}; the same tag replaces what is shown.
 */
const HOME = "/my/notices/";

function read(event) {
  try {
    return event.data.json();
  } catch {
    return {};
  }
}

/** An address of our own, whatever the message says. */
function ownUrl(url) {
  const wanted = new URL(url || HOME, self.location.origin);
  return wanted.origin === self.location.origin ? wanted.href : new URL(HOME, self.location.origin).href;
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const { title, body, url, tag } = read(event);
  // always something is shown: browsers end subscriptions whose pushes show nothing
  event.waitUntil(
    self.registration.showNotification(title || "お知らせが届いています", {
      body: body || "",
      tag: tag || "notice",
      icon: "/static/img/mark.svg",
      data: { url: ownUrl(url) },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
