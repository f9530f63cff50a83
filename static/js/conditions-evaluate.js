/**
 * What a condition or a value of the language (docs/conditions.md) comes to. The JSON was checked when the
 * form was published, so it is read as it stands; nothing is asked of a server and nothing is compiled. The
 * same rules as applications/conditions/evaluating.py.
 *
 * `facts` and `row` have get(key); `today` is "YYYY-MM-DD", the day in Tokyo as the server says.
 */
import { addDays, ageOn, compare, date, dateTime, isScalar, Moment, textOf, time } from "./conditions-values.js";
import { own } from "./conditions-facts.js";
import { Decimal, number, product, total, whole } from "./decimal.js";

const NOTHING = new Map();

export function evaluate(condition, facts, { today, row = NOTHING }) {
  return holds(condition, { facts, row, today });
}

/** A value as conditions-values.js describes it; null is a blank. */
export function valueOf(expression, facts, { today, row = NOTHING }) {
  return worth(expression, { facts, row, today });
}

const ORDERS = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
};

const CONDITIONS = {
  all: (parts, scope) => parts.every((part) => holds(part, scope)),
  any: (parts, scope) => parts.some((part) => holds(part, scope)),
  not: (part, scope) => !holds(part, scope),
  in: ([value, literals], scope) => literals.some((one) => compares("eq", [value, one], scope)),
  contains([outer, inner], scope) {
    const [all, part] = [worth(outer, scope), worth(inner, scope)];
    return typeof part === "string" && (typeof all === "string" || Array.isArray(all)) && all.includes(part);
  },
  filled: (value, scope) => worth(value, scope) !== null,
  some: ({ rows, where }, scope) => rowsIn(rows, scope).some((inside) => holds(where, inside)),
  every: ({ rows, where }, scope) => rowsIn(rows, scope).every((inside) => holds(where, inside)),
};

const VALUES = {
  number: (text) => number(text),
  date: (text) => date(text),
  date_time: (text) => dateTime(text),
  time: (text) => time(text),
  answer: (key, scope) => scope.facts.get(key) ?? null,
  row: (key, scope) => scope.row.get(key) ?? null,
  today: (_, scope) => date(scope.today),
  age_on: (pair, scope) => onDates(pair, scope, ageOn),
  add_days([day, days], scope) {
    const [from, count] = [dateIn(day, scope), numberIn(days, scope)];
    return from && count ? addDays(from, count) : null;
  },
  sum(body, scope) {
    const found = Array.isArray(body)
      ? body.map((part) => numberIn(part, scope))
      : rowsIn(body.rows, scope).map((inside) => numberIn(body.of, inside));
    return total(found.filter((one) => one !== null));
  },
  count({ rows, where }, scope) {
    return whole(rowsIn(rows, scope).filter((inside) => (where ?? null) === null || holds(where, inside)).length);
  },
  times([left, right], scope) {
    const [one, other] = [numberIn(left, scope), numberIn(right, scope)];
    return one && other ? product(one, other) : null;
  },
  lookup(body, scope) {
    const of = scalarIn(body.of, scope);
    if (of === null) return null;
    const found = own(body.in, textOf(of)) ?? body.else;
    return found === undefined ? null : worth(found, scope);
  },
};

function holds(condition, scope) {
  const [name] = Object.keys(condition);
  const read = own(CONDITIONS, name);
  return read ? read(condition[name], scope) : compares(name, condition[name], scope);
}

function worth(value, scope) {
  if (typeof value === "number") return whole(value);
  if (typeof value !== "object") return value;
  const [name] = Object.keys(value);
  return VALUES[name](value[name], scope);
}

function compares(operator, [one, other], scope) {
  const [left, right] = [scalarIn(one, scope), scalarIn(other, scope)];
  if (left === null || right === null) return operator === "ne" && left !== right;
  const order = compare(left, right);
  if (order === null) return operator === "ne";
  if (typeof left === "boolean" && operator !== "eq" && operator !== "ne") return false;
  return ORDERS[operator](order);
}

/** The value if it can be compared: lists, rows and wholes of parts count as blank. */
function scalarIn(value, scope) {
  const found = worth(value, scope);
  return isScalar(found) ? found : null;
}

function numberIn(value, scope) {
  const found = worth(value, scope);
  return found instanceof Decimal ? found : null;
}

function dateIn(value, scope) {
  const found = worth(value, scope);
  return found instanceof Moment && found.kind === "date" ? found : null;
}

function onDates([one, other], scope, of) {
  const [left, right] = [dateIn(one, scope), dateIn(other, scope)];
  return left && right ? of(left, right) : null;
}

/** One scope for each row. */
function rowsIn(key, scope) {
  const rows = scope.facts.get(key);
  if (!Array.isArray(rows)) return [];
  return rows.filter((row) => row instanceof Object).map((row) => ({ ...scope, row }));
}
