/**
 * From stored answers to facts, a Map of values by `key` and `key.part`. One shape a type; whatever has
 * another shape is blank, and so is an empty text. The same rules as applications/conditions/facts.py.
 *
 * A field is {"key", "type", "other", "fields"}, as `logic_document` writes it.
 */
import { answeredDate, dateTime, time } from "./conditions-values.js";
import { number } from "./decimal.js";

const MOST_ROWS = 200;
const OTHER = "other";
const ADDRESS = ["postal_code", "prefecture", "city", "town", "street", "building"];

const texts = (names) => Object.fromEntries(names.map((name) => [name, text]));
const PARTS = {
  name: texts(["family", "given", "family_kana", "given_kana"]),
  address: texts(ADDRESS),
  resident_address: texts([...ADDRESS, "municipality_code", "town_code"]),
  signature: texts(["file", "typed"]),
  place: { latitude: written(number), longitude: written(number), note: text },
  bank_account: texts(["bank_code", "bank_name", "branch_code", "branch_name", "account_type", "number", "holder"]),
};
const READERS = {
  text, long_text: text, kana: text, email: text, phone: text, choice: text, hidden: text, yes_no: yesNo,
  number: written(number), money: written(number),
  date: written(answeredDate), date_time: written(dateTime), time: written(time),
  consent, checkboxes: list, file: list, photo: list,
};

/** The facts of one question that is no group of rows: the answer, its parts, the text beside その他. */
export function read(field, answers) {
  const answer = own(answers, field.key);
  if (Object.hasOwn(PARTS, field.type)) return partsOf(field, answer);
  const facts = new Map();
  const value = Object.hasOwn(READERS, field.type) ? READERS[field.type](answer) : null;
  if (value !== null) facts.set(field.key, value);
  if (field.other && (value === OTHER || (Array.isArray(value) && value.includes(OTHER)))) {
    const beside = text(own(answers, `${field.key}__${OTHER}`));
    if (beside !== null) facts.set(`${field.key}__${OTHER}`, beside);
  }
  return facts;
}

/** Each row's [id, answers]. A row without an id, or with that of an earlier one, is none. */
export function rowsOf(answer) {
  const rows = new Map();
  for (const row of Array.isArray(answer) ? answer.slice(0, MOST_ROWS) : []) {
    const id = isObject(row) ? text(own(row, "id")) : null;
    if (id !== null && !rows.has(id)) rows.set(id, row);
  }
  return [...rows];
}

/** What the answers to these questions say, whether they are hidden or not; calculated values are left out. */
export function factsOf(fields, answers) {
  const facts = new Map();
  for (const field of fields) {
    if (field.type === "rows") {
      const rows = rowsOf(own(answers, field.key)).map(([, row]) => factsOf(field.fields, row));
      if (rows.length) facts.set(field.key, rows);
    } else {
      for (const [key, value] of read(field, answers)) facts.set(key, value);
    }
  }
  return facts;
}

/** A property that the object has itself: "constructor" is no answer. */
export function own(object, name) {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function partsOf(field, answer) {
  const facts = new Map();
  if (!isObject(answer)) return facts;
  for (const [part, reader] of Object.entries(PARTS[field.type])) {
    const value = reader(own(answer, part));
    if (value !== null) facts.set(`${field.key}.${part}`, value);
  }
  // the whole can be filled or blank, nothing else
  if (facts.size) facts.set(field.key, new Map(facts));
  return facts;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(answer) {
  return typeof answer === "string" && answer !== "" ? answer : null;
}

function yesNo(answer) {
  return answer === "yes" || answer === "no" ? answer : null;
}

function consent(answer) {
  return isObject(answer) && own(answer, "given") === true ? true : null;
}

function list(answer) {
  const found = Array.isArray(answer) ? answer.filter((one) => text(one) !== null) : [];
  return found.length ? found : null;
}

function written(reader) {
  return (answer) => (typeof answer === "string" ? reader(answer) : null);
}
