/**
 * The page of a desk follows what happens elsewhere: every few seconds it asks a small JSON for its version, and
 * fetches itself when that has changed. Buttons are sent without leaving the page, so that a gap in the network costs
 * a few seconds and no page: what was pressed is sent again until it arrives (twice does the same as once).
 *
 *   <p hidden data-desk-offline>…</p>
 *   <div data-desk data-state="/desk/state/" data-version="…">
 *     <section data-desk-part="queue">…</section>        any number of parts, also outside, each with its own name
 *   </div>
 */
import { text } from "./texts.js";

const EVERY = 4000;
const AGAIN_AFTER = 2000;
const MOST_TRIES = 15;
const desk = document.querySelector("[data-desk]");
const offline = document.querySelector("[data-desk-offline]");
const offlineText = offline?.textContent;
const title = document.title;
let sending = false;
let pressed = 0;
let etag = "";

function say(message) {
  if (offline.textContent !== message) offline.textContent = message;
  offline.hidden = message === "";
}

function markAlarm(numbers) {
  const [number] = numbers;
  document.title = number ? `${text("deskAlarm", { number })} ${title}` : title;
}

/**
 * Put the parts of a fetched page in the place of the old ones; what is the same stays, and with it the focus.
 * What was said about a button stays too until the next button.
 */
function show(html, isAnswer = false) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const next = fresh.querySelector("[data-desk]");
  if (!next) return false;
  const parts = isAnswer ? "[data-desk-part]" : "[data-desk-part]:not([data-desk-part='messages'])";
  for (const part of document.querySelectorAll(parts)) {
    const other = fresh.querySelector(`[data-desk-part="${part.dataset.deskPart}"]`);
    if (other && withoutTokens(other) !== withoutTokens(part)) replace(part, other);
  }
  desk.dataset.version = next.dataset.version;
  return true;
}

/** What somebody unfolded to read stays unfolded. */
function replace(part, other) {
  const opened = [...part.querySelectorAll("details")].map((one) => one.open);
  part.replaceChildren(...other.childNodes);
  part.querySelectorAll("details").forEach((one, index) => (one.open = opened[index] ?? one.open));
}

/** The token against forged requests is written differently each time. */
function withoutTokens(part) {
  const copy = part.cloneNode(true);
  copy.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => input.remove());
  copy.querySelectorAll("[data-busy], [data-sent]").forEach((one) => {
    one.removeAttribute("data-busy");
    one.removeAttribute("data-sent");
    one.removeAttribute("aria-disabled");
  });
  return copy.innerHTML;
}

async function refresh() {
  const before = pressed;
  const page = await fetch(location.href, { headers: { Accept: "text/html" } });
  const html = await page.text();
  // a button was pressed meanwhile: what it did is newer than this page; the next look asks for both
  if (pressed !== before) etag = "";
  if (!page.ok || pressed !== before) return;
  // somebody signed off in another tab, or the session is over: the whole page says so
  if (!show(html)) location.reload();
}

async function look() {
  if (sending) return;
  const answer = await fetch(desk.dataset.state, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
  if (answer.redirected) return location.reload();
  say("");
  if (answer.status === 304 || !answer.ok) return;
  etag = answer.headers.get("ETag") ?? "";
  const { version, alarms } = await answer.json();
  markAlarm(alarms);
  if (version !== desk.dataset.version && !sending) await refresh();
}

async function follow() {
  try {
    await look();
  } catch {
    if (!sending) say(offlineText);
  }
}

async function post(form, submitter, triesLeft = MOST_TRIES) {
  try {
    return await fetch(form.action, { method: "POST", body: new FormData(form, submitter) });
  } catch (error) {
    if (triesLeft === 0) throw error;
    say(text("deskSending"));
    await new Promise((resume) => setTimeout(resume, AGAIN_AFTER));
    return post(form, submitter, triesLeft - 1);
  }
}

async function send(event) {
  const form = event.target;
  if (form.method !== "post" || !form.closest("[data-desk-part]")) return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  pressed += 1;
  try {
    const answer = await post(form, event.submitter);
    say("");
    if (!answer.ok || !show(await answer.text(), true)) location.assign(answer.redirected ? answer.url : location.href);
  } catch {
    say(text("deskLost"));
  } finally {
    sending = false;
    release(form, event.submitter);
    if (document.activeElement === document.body) document.querySelector(".desk__main button")?.focus();
  }
}

/** What submit-once.js set: the form may still stand there. */
function release(form, submitter) {
  delete form.dataset.sent;
  submitter?.removeAttribute("data-busy");
  submitter?.removeAttribute("aria-disabled");
}

document.addEventListener("submit", send);
// a tab that was in the background knows nothing of what happened meanwhile
document.addEventListener("visibilitychange", () => document.hidden || follow());
window.addEventListener("online", follow);
window.addEventListener("offline", () => say(offlineText));
setInterval(follow, EVERY);
