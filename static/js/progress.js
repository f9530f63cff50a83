/**
 * A bar that follows what the worker does: a small JSON is asked every two seconds; when the work is over or stands
 * differently, the page loads itself again. Without a script the page does that by itself every few seconds.
 *
 *   <progress data-progress="/staff/campaigns/…/progress/" data-state="sending" max="100" value="0"></progress>
 *   <span data-progress-done>0</span> … <span data-progress-total>0</span>
 */
const EVERY = 2000;
const bar = document.querySelector("[data-progress]");
let etag = "";

function write(name, number) {
  for (const place of document.querySelectorAll(`[data-progress-${name}]`)) place.textContent = number.toLocaleString("ja");
}

function show({ done, total, percent }) {
  if (total) bar.value = percent;
  write("done", done);
  write("total", total);
}

async function look() {
  if (document.hidden) return;
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(bar.dataset.progress, { headers, cache: "no-store" });
  // the session is over: the whole page says so
  if (answer.redirected) return location.reload();
  if (!answer.ok) return;
  etag = answer.headers.get("ETag") ?? "";
  const state = await answer.json();
  show(state);
  if (!state.running || state.state !== bar.dataset.state) location.reload();
}

if (bar) {
  // a gap in the network: the next look asks again
  setInterval(() => look().catch(() => {}), EVERY);
}
