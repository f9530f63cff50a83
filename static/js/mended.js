/**
 * Takes a mistake away as soon as it is mended: beside the question, and in the list above.
 *
 *   <section data-error-summary> <li data-mistake="name"><a href="#id_q-name">氏名：…</a></li> </section>
 *   <form data-autosave-url="…&check=1">
 *     <div class="field field--error"> <input id="id_q-name" aria-invalid="true"> <ul class="errorlist" id="id_q-name_error">
 *
 * The server judges: whenever the draft is kept (static/js/autosave.js) it says what is wrong with the page as it
 * stands. Only questions that were complained of before are looked at: nobody is told off while typing.
 */
import { text } from "./texts.js";

const CONTROLS = "input:not([type=hidden]), select, textarea";

class Mended {
  constructor(form, summary) {
    this.summary = summary;
    this.items = [...summary.querySelectorAll("[data-mistake]")];
    this.keys = new Set(this.items.map((item) => item.dataset.mistake));
    this.status = document.createElement("p");
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    form.append(this.status);
    form.addEventListener("draft:saved", ({ detail }) => detail.problems && this.look(detail.problems));
  }

  look(problems) {
    for (const key of this.keys) this.compare(key, problems.filter((one) => one.key === key));
    const isDone = this.items.every((item) => item.classList.contains("is-mended"));
    this.summary.classList.toggle("is-mended", isDone);
    this.summary.querySelector(".error-summary__title").lastChild.textContent = text(isDone ? "allMended" : "notMended");
  }

  /** One question as it was shown, and as it is now. */
  compare(key, problems) {
    const items = this.items.filter((item) => item.dataset.mistake === key);
    const box = boxOf(items);
    if (!box) return;
    while (items.length < problems.length) items.push(this.another(items.at(-1)));
    const wasOpen = items.some((item) => !item.classList.contains("is-mended"));
    items.forEach((item, place) => this.write(item, problems[place]));
    if (wasOpen && !problems.length) this.status.textContent = text("mended", { label: items[0].dataset.label });
    says(box, problems);
    marks(box, problems);
  }

  another(item) {
    const copy = item.cloneNode(true);
    item.after(copy);
    this.items.push(copy);
    return copy;
  }

  write(item, problem) {
    const link = item.querySelector("a");
    item.classList.toggle("is-mended", !problem);
    if (!problem) {
      if (!link.dataset.said) link.textContent = link.dataset.said = text("mended", { label: item.dataset.label });
      return;
    }
    delete link.dataset.said;
    link.hash = problem.anchor;
    link.textContent = `${problem.label}${text("colon")}${problem.message}`;
  }
}

function boxOf(items) {
  const target = items.map((item) => document.getElementById(decodeURIComponent(item.querySelector("a").hash.slice(1)))).find(Boolean);
  return target?.closest(".question > .field, .field.rows");
}

/** The sentences beside the question, each in the list of its box. */
function says(box, problems) {
  for (const list of listsOf(box)) list.remove();
  for (const { place, anchor, message } of problems) {
    const list = document.getElementById(place) ?? newList(box, place, document.getElementById(anchor));
    const item = document.createElement("li");
    const hidden = document.createElement("span");
    hidden.className = "visually-hidden";
    hidden.textContent = text("errorWord");
    item.append(hidden, message);
    list.append(item);
  }
}

/** Of a group of rows its own list only: questions in rows are questions of their own. */
function listsOf(box) {
  return box.querySelectorAll(box.matches("[data-rows]") ? ":scope > .errorlist" : ".errorlist");
}

function newList(box, id, control) {
  const list = document.createElement("ul");
  list.className = "errorlist";
  list.id = id;
  const part = id === `${control?.id}_error` ? control.closest(".parts__part") : null;
  (part && box.contains(part) ? part : box).append(list);
  return list;
}

/** Just the boxes that are wrong are red; all of them when it is about the answer as a whole. */
function marks(box, problems) {
  box.classList.toggle("field--error", problems.length > 0);
  if (box.matches("[data-rows]")) return;
  const isWhole = problems.some((one) => !one.controls.length);
  const wrong = new Set(problems.flatMap((one) => one.controls));
  for (const control of box.querySelectorAll(CONTROLS)) {
    if (isWhole || wrong.has(control.id)) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

const summary = document.querySelector("[data-error-summary]:has([data-mistake])");
const form = document.querySelector("form[data-autosave-url]");
if (summary && form) new Mended(form, summary);
