/**
 * What the controls of a page say, in the shape of stored answers, as far as conditions need it. Width, commas,
 * units and eras are understood as on the server; what cannot be understood is blank. No DOM is changed.
 *
 *   readAnswers(form, fields, { answers, units, eras })   answers: what the page itself cannot tell
 */
import { dateOf, half, joined, timeOf } from "./form-dates.js";

const PARTS = new Set(["name", "address", "resident_address", "bank_account", "place"]);
const FILES = new Set(["file", "photo"]);
const NUMBER = /^-?\d{1,30}(\.\d{1,10})?$/;
const UNITS = { 億: 100_000_000n, 万: 10_000n, 千: 1000n };

/** The answers of all fields; a question without controls on the page keeps what `known.answers` says. */
export function readAnswers(form, fields, known) {
  const answers = { ...known.answers };
  for (const field of fields) {
    if (!isAsked(form, field.key)) continue;
    delete answers[field.key];
    if (field.type === "rows") put(answers, field.key, rowsOf(form, field, known));
    else readInto(answers, form, field, field.key, field.key, known);
  }
  return answers;
}

/** Also a group without rows; what the record says is shown and has no control. */
function isAsked(form, key) {
  return form.querySelector(
    `[name="q-${key}"], [name^="q-${key}."], [data-rows="${key}"], [data-upload="${key}"], [data-signature="${key}"]`,
  );
}

function rowsOf(form, group, known) {
  const opened = new Set(valuesOf(form, `q-${group.key}.open`));
  const closed = new Map((known.answers[group.key] ?? []).map((row) => [row.id, row]));
  return valuesOf(form, `q-${group.key}`).map((id) => {
    if (!opened.has(id)) return closed.get(id) ?? { id };
    const row = { id };
    for (const field of group.fields) {
      readInto(row, form, field, `${group.key}.${id}.${field.key}`, `${group.key}.${field.key}`, known);
    }
    return row;
  });
}

function readInto(answers, form, field, path, place, known) {
  put(answers, field.key, read(form, field, path, { ...known, unit: known.units[place] ?? "" }));
  if (field.other) put(answers, `${field.key}__other`, textOf(form, `q-${path}.other`));
}

function put(answers, key, value) {
  if (value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0)) answers[key] = value;
}

function read(form, field, path, known) {
  const name = `q-${path}`;
  if (FILES.has(field.type)) return filesOf(form, path);
  if (PARTS.has(field.type)) return partsOf(form, name);
  switch (field.type) {
    case "checkboxes": return valuesOf(form, name);
    case "consent": return valuesOf(form, name).length ? { given: true } : undefined;
    case "number": return numberOf(half(textOf(form, name)).replace(half(known.unit), ""));
    case "money": return numberOf(counted(half(textOf(form, name)).replace(/^(-?)[¥\\]|円$/g, "$1")));
    case "date": return dateOf(boxesOf(form, name), known.eras);
    case "date_time": return joined(dateOf(boxesOf(form, name), known.eras), timeOf(textOf(form, `${name}.time`)));
    case "time": return timeOf(textOf(form, name));
    case "signature": {
      const [file] = filesOf(form, path);
      return file ? { file } : partsOf(form, name);
    }
    case "email": return half(textOf(form, name));
    default: return textOf(form, name);
  }
}

/** Values of all controls of a name that would be sent. */
function valuesOf(form, name) {
  const controls = form.querySelectorAll(`[name="${name}"]`);
  return [...controls].filter((one) => !one.matches("[type=checkbox], [type=radio]") || one.checked).map((one) => one.value);
}

function textOf(form, name) {
  return (valuesOf(form, name)[0] ?? "").replaceAll("\r\n", "\n").trim();
}

/** What stands in the boxes of a date. */
function boxesOf(form, name) {
  const boxes = ["year", "month", "day", "era", "unknown"];
  return Object.fromEntries(boxes.map((part) => [part, half(textOf(form, `${name}.${part}`))]));
}

function filesOf(form, path) {
  const box = form.querySelector(`[data-upload="${path}"], [data-signature="${path}"]`);
  return [...(box?.querySelectorAll("[data-file]") ?? [])].map((one) => one.dataset.file).filter(Boolean);
}

function partsOf(form, name) {
  const parts = {};
  for (const control of form.querySelectorAll(`[name^="${name}."]`)) {
    if (control.matches("[type=radio]") && !control.checked) continue;
    parts[control.name.slice(name.length + 1)] = control.value.trim();
  }
  // without a fixed address: what stands in the boxes above is not used
  if (parts.unsettled === "yes") return { town: "住所不定", unsettled: "yes" };
  return Object.values(parts).some(Boolean) ? parts : undefined;
}

function numberOf(text) {
  const plain = text.replace(/[−ー‐–▲△]/g, "-").replace(/[,、\s]/g, "");
  if (!NUMBER.test(plain)) return undefined;
  const [, sign, digits] = plain.match(/^(-?)0*(\d.*)$/);
  return /^0(\.0*)?$/.test(digits) ? digits : sign + digits;
}

/** 3億2,000万 → 320000000; other texts as they are. */
function counted(text) {
  const plain = text.replaceAll(",", "");
  if (!/^(\d{1,9}[億万千])+\d{0,9}$/.test(plain)) return text;
  let sum = 0n;
  for (const [, digits, unit] of plain.matchAll(/(\d+)([億万千]?)/g)) sum += BigInt(digits) * (UNITS[unit] ?? 1n);
  return String(sum);
}
