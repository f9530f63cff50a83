/**
 * Names placeholders that nobody knows while a text is written. The server checks again when it is kept.
 *
 *   <form data-notice-text>
 *     <code data-notice-text-known="fee">((fee))</code>     what may be named
 *     <textarea name="sample">月額：24,500</textarea>        more of it, one a line
 *     <div role="status" data-notice-text-result hidden></div>
 *
 * Words: noticeTextUnknown, noticeTextOpen, noticeTextFine.
 */
import { attachTo } from "./attach.js";
import { text } from "./texts.js";

const PAUSE = 600;
const CHECKED = ["title", "body", "particulars", "appeal_text"];
const TAG = /\(\(([^()\n]*)\)\)?|（（([^（）\n]*)））?/g;
const TEST = /^(?:if|もし)\s+(.+)$/;
const PLAIN = new Set(["else", "それ以外", "end", "ここまで"]);
const END = new Set(["end", "ここまで"]);
const JOINERS = /\s+(?:and|or|かつ|または)\s+(?![^「]*」)/;
const FIELD = /^(.+?)(?:\s*(?:[<>!=]=?|[＝≠≧≥≦≤＜＞])|\s+(?:contains|含む|filled|blank|あり|なし)(?:\s|$))/;

function knownNames(form) {
  const listed = [...form.querySelectorAll("[data-notice-text-known]")].map((one) => one.dataset.noticeTextKnown);
  const written = (form.elements.sample?.value ?? "").split("\n").filter((line) => line.includes("："));
  return new Set([...listed, ...written.map((line) => line.split("：")[0].trim())]);
}

/** The names that a tag asks for; a test asks for one or more, its end for none. */
function namesOf(tag) {
  if (PLAIN.has(tag)) return [];
  const test = TEST.exec(tag);
  if (!test) return [tag];
  return test[1].split(JOINERS).map((piece) => (FIELD.exec(piece)?.[1] ?? piece).trim());
}

function mistakesIn(value, known) {
  const unknown = [];
  let open = 0;
  for (const match of value.matchAll(TAG)) {
    const tag = (match[1] ?? match[2] ?? "").trim();
    const isClosed = match[0].startsWith("((") && match[0].endsWith("))");
    if (TEST.test(tag)) open += 1;
    if (END.has(tag)) open -= 1;
    if (!isClosed || namesOf(tag).some((name) => !known.has(name))) unknown.push(match[0]);
  }
  return { unknown, isOpen: open !== 0 };
}

attachTo("form[data-notice-text]", (form) => {
  const result = form.querySelector("[data-notice-text-result]");
  let timer;

  function check() {
    const known = knownNames(form);
    const fields = CHECKED.map((name) => form.elements[name]).filter(Boolean);
    const found = fields.map((field) => mistakesIn(field.value, known));
    const unknown = [...new Set(found.flatMap((one) => one.unknown))];
    const words = [];
    if (unknown.length) words.push(text("noticeTextUnknown", { names: unknown.join(" ") }));
    if (found.some((one) => one.isOpen)) words.push(text("noticeTextOpen"));
    result.classList.toggle("kind-check--wrong", words.length > 0);
    result.textContent = words.join(" ") || text("noticeTextFine");
    result.hidden = false;
  }

  form.addEventListener("input", (event) => {
    if (![...CHECKED, "sample"].includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  });
});
