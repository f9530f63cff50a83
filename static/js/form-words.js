/**
 * What stands in a form, to be kept and sent later: its fields as they would be sent, and in words for people.
 *
 *   await fieldsOf(form, submitter)   [[name, value]] ; a file is [name, {name, type, data}]
 *   formDataOf(fields)                 the same as FormData
 *   wordsOf(form)                      [[label, what was typed or chosen]]
 *   addressOf(form, submitter)         where it goes; a button named "action" hides `form.action`
 */
const LEFT_OUT = new Set(["csrfmiddlewaretoken"]);

export function addressOf(form, submitter = null) {
  const address = submitter?.getAttribute("formaction") || form.getAttribute("action") || location.href;
  return new URL(address, location.href);
}

function dataOf(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

export async function fieldsOf(form, submitter = null) {
  const found = [];
  for (const [name, value] of new FormData(form, submitter)) {
    if (LEFT_OUT.has(name)) continue;
    if (!(value instanceof File)) found.push([name, value]);
    else if (value.size) found.push([name, { name: value.name, type: value.type, data: await dataOf(value) }]);
  }
  return found;
}

export function formDataOf(fields) {
  const data = new FormData();
  for (const [name, value] of fields) {
    if (typeof value === "string") data.append(name, value);
    else data.append(name, fileOf(value), value.name);
  }
  return data;
}

function fileOf({ type, data }) {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type });
}

export function wordsOf(form) {
  const words = new Map();
  for (const control of form.elements) {
    const said = saidIn(control);
    const label = said && labelOf(control);
    if (label) words.set(label, words.has(label) ? `${words.get(label)} ${said}` : said);
  }
  return [...words];
}

function saidIn(control) {
  if (!control.name || control.matches("button, fieldset, [type=hidden], [type=file]")) return "";
  if (control.matches("[type=checkbox], [type=radio]")) return control.checked ? textOf(control.labels[0]) : "";
  if (control.matches("select")) return control.value ? textOf(control.selectedOptions[0]) : "";
  return control.value.trim();
}

/** The words over the question; of a row, with the title of the row before them. */
function labelOf(control) {
  const question = control.closest("[data-question], .visit-question, fieldset, .field");
  const row = textOf(control.closest("[data-row]")?.querySelector("[data-row-heading], h3, h4, legend"));
  const own = textOf(question?.querySelector("legend, .field__label, label") ?? control.labels[0]);
  return row && row !== own ? `${row} ${own}` : own;
}

function textOf(element) {
  return (element?.textContent ?? "").replace(/\s+/g, " ").replace(/※(必須|任意|条件により必須)/, "").trim();
}
