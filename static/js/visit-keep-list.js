/**
 * The visits of which this tablet still keeps something that was not sent (visit-keep.js): opening one sends it. What
 * somebody else left behind is wiped. What became of what was sent just now is said here, too.
 *
 *   <p role="status" data-list-said hidden></p>
 *   <section data-keep-list data-keep-owner="…" data-keep-hours="4" data-keep-idle="3600" data-keep-workers="…" hidden> … </section>
 *   <template id="keep-list-texts" data-keep-visit="…{time}…"></template>
 */
import { KeptStore } from "./kept-store.js";
import { text } from "./texts.js";
import { takeWord } from "./visit-word.js";
import { registerWorkers } from "./visit-workers.js";

const box = document.querySelector("[data-keep-list]");
const { keepOwner, keepHours, keepIdle } = box.dataset;
const store = new KeptStore({ owner: keepOwner, hours: Number(keepHours), idle: Number(keepIdle) });
const latest = new Map();
for (const { visit, savedAt } of await store.list()) latest.set(visit, Math.max(savedAt, latest.get(visit) ?? 0));
const list = document.createElement("ul");
for (const [visit, savedAt] of latest) {
  const time = new Date(savedAt).toLocaleTimeString("ja-JP", { hour: "numeric", minute: "2-digit" });
  const link = document.createElement("a");
  link.href = `${location.pathname}${visit}/`;
  link.textContent = text("keepVisit", { time });
  const line = document.createElement("li");
  line.append(link);
  list.append(line);
}
box.append(list);
box.hidden = latest.size === 0;
const word = takeWord();
if (word) {
  const line = document.querySelector("[data-list-said]");
  line.textContent = `${text(word.name)} ${word.said}`.trim();
  line.dataset.tone = word.tone;
  line.hidden = false;
}
registerWorkers(box.dataset);
