/**
 * Shows and hides questions, marks what is required and calculates, as soon as an answer changes: no request.
 *
 *   <form data-logic>
 *     <input type="hidden" name="seen" value="…">                  the questions that could be hidden and are not
 *     <div data-question="key" hidden> … <span class="field__mark"> </div>
 *     <output data-calculated="key" data-unit="円"></output>  <p role="status" data-logic-status></p>
 *   <script type="application/json" id="form-logic">{"today", "form", "answers", "units", "eras"}</script>
 *
 * What is hidden keeps what was typed and is sent with the page: the draft keeps it, the server leaves it out
 * of the answers. Its controls are out of reach of keyboard and reader because `hidden` takes them out of sight.
 */
import { attachTo } from "./attach.js";
import { outcome } from "./conditions.js";
import { readAnswers } from "./form-answers.js";
import { text } from "./texts.js";

const CONTROLS = "input:not([type=hidden]), select, textarea";
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/;

function words(value, unit) {
  if (!NUMBER.test(value)) return value;
  const [whole, fraction] = value.split(".");
  return BigInt(whole).toLocaleString("ja-JP").replace(/^0$/, whole) + (fraction ? `.${fraction}` : "") + unit;
}

function conditional(form) {
  const keys = new Set();
  for (const page of form.pages) {
    for (const field of page.fields) {
      if (field.visible_when) keys.add(field.key);
      for (const one of field.fields ?? []) if (one.visible_when) keys.add(`${field.key}.${one.key}`);
    }
  }
  return keys;
}

/** group.row.question → group.question */
function placeOf(path) {
  const parts = path.split(".");
  return parts.length === 3 ? `${parts[0]}.${parts[2]}` : path;
}

class Logic {
  constructor(form, data) {
    this.form = form;
    this.data = data;
    this.fields = data.form.pages.flatMap((page) => page.fields);
    this.optional = conditional(data.form);
    this.status = document.querySelector("[data-logic-status]");
    this.waiting = false;
    for (const kind of ["input", "change", "content:added"]) form.addEventListener(kind, () => this.later());
    this.look({ quiet: true });
  }

  /** Many events in one frame are one look. */
  later() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.look();
    });
  }

  look({ quiet = false } = {}) {
    const answers = readAnswers(this.form, this.fields, this.data);
    const found = outcome(this.data.form, answers, { today: this.data.today });
    const shown = [];
    for (const box of this.form.querySelectorAll("[data-question]")) {
      const isShown = found.visible.has(box.dataset.question);
      if (isShown && box.hidden) shown.push(box);
      if (!isShown && box.contains(document.activeElement)) this.moveFocus(box);
      box.hidden = !isShown;
      this.mark(box, found.required.has(box.dataset.question));
    }
    for (const place of this.form.querySelectorAll("[data-calculated]")) this.write(place, found.calculated);
    this.note();
    if (!quiet && this.status && shown.length) this.say(shown);
  }

  write(place, calculated) {
    const value = calculated[place.dataset.calculated];
    const shown = value === undefined ? "—" : words(value, place.dataset.unit ?? "");
    // an unchanged output is not read out again
    if (place.textContent !== shown && !(value === undefined && place.textContent === "")) place.textContent = shown;
  }

  /** 必須 beside the label, else 条件により必須 or 任意; groups of rows have none of them, and what some of the rows
   * need is called so whether enough have it yet or not: no single row must. */
  mark(box, isRequired) {
    const mark = box.matches("[data-rows]") ? null : box.querySelector(".field__mark");
    if (!mark || "some" in mark.dataset || mark.classList.contains("field__mark--required") === isRequired) return;
    mark.classList.toggle("field__mark--required", isRequired);
    const otherwise = "depends" in mark.dataset ? "markDepends" : "markOptional";
    mark.textContent = text(isRequired ? "markRequired" : otherwise);
  }

  /** For the server: which questions with a condition were on the screen. */
  note() {
    const boxes = [...this.form.querySelectorAll("[data-question]:not([hidden])")];
    const seen = boxes.filter((box) => !box.parentElement.closest("[hidden]")).map((box) => box.dataset.question);
    this.form.elements.seen.value = seen.filter((path) => this.optional.has(placeOf(path))).join(" ");
  }

  moveFocus(box) {
    const controls = [...this.form.querySelectorAll(CONTROLS)].filter((one) => one.offsetParent && !box.contains(one));
    const before = controls.filter((one) => one.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING);
    (before.at(-1) ?? controls[0])?.focus();
  }

  say(boxes) {
    const labels = boxes.map((box) => box.querySelector(".field__label")?.firstChild.textContent.trim()).filter(Boolean);
    if (labels.length) this.status.textContent = text("questionsShown", { labels: labels.join("」「") });
  }
}

const source = document.getElementById("form-logic");
if (source) attachTo("form[data-logic]", (form) => new Logic(form, JSON.parse(source.textContent)));
attachTo("form [data-without-script]", (element) => (element.hidden = true));
