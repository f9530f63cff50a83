/**
 * Adds and takes out rows of a repeating group without leaving the page.
 *
 *   <fieldset data-rows="children" data-most-rows="10" data-row-title="お子さま ((name))">
 *     <ol data-rows-list> <li data-row="r1"> … <button data-row-remove> </li> </ol>
 *     <button data-row-add> <span data-rows-count> <p role="status" data-rows-status>
 *     <template data-row-template> <li data-row="newrow"> … </li> </template>
 *
 * The buttons send the page where there is no script, and where very many rows are open: the server then
 * closes those that are in order. An open row taken out can be put back until the page is left.
 */
import { announceAdded } from "./attach.js";
import { text } from "./texts.js";

const PLACEHOLDER = "newrow";
const MOST_OPEN = 20;

function newId() {
  const numbers = crypto.getRandomValues(new Uint32Array(1));
  return `r${numbers[0].toString(16).padStart(8, "0")}`;
}

/** A closed row holds something; in an open one, what the page offers by itself is nothing a person typed. */
function isFilled(row) {
  if (!row.querySelector("[data-row-heading]") || row.querySelector("[data-file]")) return true;
  const controls = [...row.querySelectorAll("input:not([type=hidden], [type=file]), select, textarea")];
  return controls.some((one) => {
    if (/\.(era|kind)$/.test(one.name)) return false;
    return one.matches("[type=radio], [type=checkbox]") ? one.checked : one.value.trim() !== "";
  });
}

class Group {
  constructor(box) {
    this.box = box;
    this.list = box.querySelector("[data-rows-list]");
    this.status = box.querySelector("[data-rows-status]");
    this.count = box.querySelector("[data-rows-count]");
    this.template = box.querySelector("[data-row-template]");
    box.addEventListener("click", (event) => this.clicked(event));
    for (const kind of ["input", "change"]) box.addEventListener(kind, (event) => this.typed(event));
  }

  get isFull() {
    return this.rows.length >= Number(this.box.dataset.mostRows);
  }

  get rows() {
    return [...this.list.querySelectorAll("[data-row]")];
  }

  typed(event) {
    this.entitle(event.target.closest("[data-row]"));
    this.counted();
  }

  clicked(event) {
    if (event.target.closest("[data-row-add]")) this.add(event);
    const row = event.target.closest("[data-row-remove]")?.closest("[data-row]");
    // what is typed in a closed row is with the server: only the server can take it out
    if (row?.querySelector("[data-row-heading]")) this.remove(event, row);
  }

  add(event) {
    const open = this.list.querySelectorAll(`[name$=".open"]`).length;
    if (open >= MOST_OPEN) return;
    event.preventDefault();
    if (this.isFull) return;
    const holder = document.createElement("ol");
    holder.innerHTML = this.template.innerHTML.replaceAll(PLACEHOLDER, newId());
    const row = holder.firstElementChild;
    this.list.append(row);
    announceAdded(row);
    this.changed();
    this.say(text("rowAdded", { title: this.titleOf(row) }));
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  }

  remove(event, row) {
    event.preventDefault();
    const title = this.titleOf(row);
    const note = document.createElement("li");
    const back = document.createElement("button");
    note.className = "rows__removed";
    back.type = "button";
    back.className = "button button--text button--sm";
    back.textContent = text("rowBack");
    back.setAttribute("aria-label", text("rowBackNamed", { title }));
    back.addEventListener("click", () => {
      note.replaceWith(row);
      this.changed();
      row.querySelector("[data-row-remove]").focus();
    });
    note.append(text("rowRemoved", { title }), " ", back);
    row.replaceWith(note);
    this.changed();
    this.say(text("rowRemoved", { title }));
    back.focus();
  }

  /** Numbers, the count, and everybody who follows the form. */
  changed() {
    this.rows.forEach((row) => this.entitle(row));
    this.counted();
    this.box.closest("form").dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** How many have something in them, and whether there is room for more. */
  counted() {
    const words = text("rowsCount", { count: this.rows.filter(isFilled).length });
    if (this.count.textContent !== words) this.count.textContent = words;
    this.box.querySelector("[data-row-add]").disabled = this.isFull;
    this.box.querySelector("[data-rows-full]").hidden = !this.isFull;
  }

  /** 「2. お子さま 高橋 みなみ」 in the heading and in the names of the row's buttons. */
  entitle(row) {
    const number = this.rows.indexOf(row) + 1;
    const closed = row?.querySelector(".rows__line .rows__title");
    if (closed) closed.textContent = closed.textContent.replace(/^\d+/, number);
    const heading = row?.querySelector("[data-row-heading]");
    if (!heading) return;
    const words = this.box.dataset.rowTitle.replace(/\(\((\w+)\)\)/g, (_match, key) => this.valueOf(row, key)).trim();
    const title = words ? `${number}. ${words}` : `${number}. ${this.box.querySelector("legend").textContent.trim()}`;
    if (heading.textContent === title) return;
    heading.textContent = title;
    row.querySelector("[data-row-remove]").setAttribute("aria-label", text("rowRemoveNamed", { title }));
  }

  titleOf(row) {
    return row.querySelector("[data-row-heading], .rows__title").textContent;
  }

  valueOf(row, key) {
    const name = `q-${this.box.dataset.rows}.${row.dataset.row}.${key}`;
    const parts = [`${name}.family`, `${name}.given`].map((part) => row.querySelector(`[name="${part}"]`)?.value ?? "");
    const control = row.querySelector(`[name="${name}"]:checked, select[name="${name}"], [name="${name}"]:not([type=radio], [type=checkbox])`);
    if (!control) return parts.join("　").trim();
    if (control.matches("select")) return control.value ? control.selectedOptions[0].textContent : "";
    return control.matches(":checked") ? control.labels[0].textContent.trim() : control.value;
  }

  say(words) {
    this.status.textContent = words;
  }
}

document.querySelectorAll("[data-rows]").forEach((box) => new Group(box));
