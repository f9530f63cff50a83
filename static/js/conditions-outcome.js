/**
 * What the answers do to a form: which questions are shown and required, and what is calculated. Every
 * question is worked out when another asks for it, and then known; what waits for itself is blank. The same
 * rules as applications/conditions/outcomes.py, which the server asks again when the form is sent.
 */
import { read, rowsOf, own } from "./conditions-facts.js";
import { evaluate, valueOf } from "./conditions-evaluate.js";
import { isScalar, textOf } from "./conditions-values.js";

const OTHER_SUFFIX = "__other";

/**
 * `form` is what `logic_document` writes: {"pages": [{"key", "visible_when", "fields": [{"key", "type", …}]}]}.
 * Gives {visible: Set, required: Set, calculated: {path: text}, facts} with paths `key`, or
 * `rows_key.row_id.sub_key` inside rows. `visible` holds the keys of pages too.
 */
export function outcome(form, answers, { today }) {
  const found = { visible: new Set(), required: new Set(), calculated: {} };
  const facts = new Sheet({ answers, found, today, path: (key) => key });
  const pages = form.pages.map((page) => [page, once(() => shows(page, { facts, today }))]);
  for (const [page, isShown] of pages) {
    for (const field of page.fields) facts.add(field, isShown);
  }
  for (const [page, isShown] of pages) if (isShown()) found.visible.add(page.key);
  facts.finish();
  return { ...found, facts };
}

/** The questions of one level, the whole form's or those of one row, and what is known of them so far. */
class Sheet {
  constructor(place) {
    this.place = place;
    this.steps = new Map();
    this.rows = new Map();
    this.known = new Map();
  }

  add(field, isPlaceShown) {
    const step = once(() => {
      if (!isPlaceShown() || !shows(field, this.scope())) return false;
      this.place.found.visible.add(this.place.path(field.key));
      this.learn(field);
      return true;
    });
    this.steps.set(field.key, [field, step]);
  }

  /** A fact by `key` or `key.part`; undefined is a blank. */
  get(path) {
    const key = path.split(".")[0];
    const [, step] = this.steps.get(key) ?? this.steps.get(key.replace(OTHER_SUFFIX, "")) ?? [];
    return step?.() ? this.known.get(path) : undefined;
  }

  scope() {
    const { outer, today } = this.place;
    return outer ? { facts: outer, row: this, today } : { facts: this, today };
  }

  learn(field) {
    if (field.type === "rows") this.learnRows(field);
    else if (field.type === "calculated") this.calculate(field);
    else for (const [path, value] of read(field, this.place.answers)) this.known.set(path, value);
  }

  learnRows(field) {
    const rows = rowsOf(own(this.place.answers, field.key)).map(([id, answers]) => {
      const path = (key) => `${field.key}.${id}.${key}`;
      const sheet = new Sheet({ ...this.place, answers, path, outer: this });
      for (const one of field.fields) sheet.add(one, () => true);
      return sheet;
    });
    this.rows.set(field.key, rows);
    if (rows.length) this.known.set(field.key, rows);
  }

  calculate(field) {
    const { facts, ...rest } = this.scope();
    const value = field.value === undefined ? null : valueOf(field.value, facts, rest);
    if (!isScalar(value)) return;
    this.known.set(field.key, value);
    this.place.found.calculated[this.place.path(field.key)] = textOf(value);
  }

  /** Whatever nobody has asked for, and then what is required. */
  finish() {
    for (const [field, step] of this.steps.values()) {
      if (step() && this.requires(field)) this.place.found.required.add(this.place.path(field.key));
    }
    for (const rows of this.rows.values()) for (const sheet of rows) sheet.finish();
  }

  requires(field) {
    if (field.required || field.required_when === undefined) return Boolean(field.required);
    const { facts, ...rest } = this.scope();
    return evaluate(field.required_when, facts, rest);
  }
}

function shows(item, { facts, ...rest }) {
  return item.visible_when === undefined || evaluate(item.visible_when, facts, rest);
}

/** A question that is asked once; while it is being answered the answer is no. */
function once(ask) {
  let answer;
  return () => {
    if (answer === undefined) {
      answer = false;
      answer = ask();
    }
    return answer;
  };
}
