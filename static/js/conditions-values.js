/**
 * The values of the condition language: what a text means as a day or a time, how values are compared and
 * written. Days are counted by the calendar alone; no clock and no time zone has a say. The same rules as
 * applications/conditions/moments.py and values.py.
 *
 * A value is a string, a boolean, a Decimal, a Moment, a list of strings, or null for a blank.
 */
import { compareNumbers, Decimal, whole, wholeOf, written } from "./decimal.js";

const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const TIME = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MOST_DAYS = 4_000_000n;

/** A real day or time. `kind` is date, date_time or time; texts of one kind are in the order of time. */
export class Moment {
  constructor(kind, text) {
    this.kind = kind;
    this.text = text;
  }
}

export function date(text) {
  return isDate(text) ? new Moment("date", text) : null;
}

/** A day as an answer writes it; of a birth date with unknown parts (1945-03, 1945) the last day it can be. */
export function answeredDate(text) {
  const [, year, month = "12"] = /^(\d{4})(?:-(\d{2}))?$/.exec(text) ?? [];
  if (!year) return date(text);
  return ["31", "30", "29", "28"].map((day) => date(`${year}-${month}-${day}`)).find(Boolean) ?? null;
}

export function time(text) {
  return TIME.test(text) ? new Moment("time", text) : null;
}

export function dateTime(text) {
  const isReal = isDate(text.slice(0, 10)) && text[10] === "T" && TIME.test(text.slice(11));
  return isReal ? new Moment("date_time", text) : null;
}

/** Full years on a day: one more from the birthday on, of 29 February from 1 March in common years. */
export function ageOn(birth, on) {
  const years = Number(on.text.slice(0, 4)) - Number(birth.text.slice(0, 4));
  return whole(years - (on.text.slice(5) < birth.text.slice(5) ? 1 : 0));
}

/** The date some days later, or earlier; null for parts of days and outside the years 1 to 9999. */
export function addDays(day, days) {
  const count = wholeOf(days);
  if (count === null || count > MOST_DAYS || count < -MOST_DAYS) return null;
  const [year, month, dayOfMonth] = day.text.split("-").map(Number);
  return dateOf(dayNumber(year, month, dayOfMonth) + Number(count));
}

/** -1, 0 or 1; null when the two cannot be put in an order or be the same. */
export function compare(left, right) {
  if (typeof left === "string" && typeof right === "string") return compareTexts(left, right);
  if (left instanceof Decimal && right instanceof Decimal) return compareNumbers(left, right);
  if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right);
  if (left instanceof Moment && right instanceof Moment && left.kind === right.kind) {
    return Number(left.text > right.text) - Number(left.text < right.text);
  }
  return null;
}

export function isScalar(value) {
  return ["string", "boolean"].includes(typeof value) || value instanceof Decimal || value instanceof Moment;
}

/** The value as answers write it. */
export function textOf(value) {
  if (value instanceof Decimal) return written(value);
  return value instanceof Moment ? value.text : String(value);
}

/** By code point: JavaScript's own order puts 𠮷 before ｱ. */
function compareTexts(left, right) {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const [one, other] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (one !== other) return rank(one) < rank(other) ? -1 : 1;
  }
  return Math.sign(left.length - right.length);
}

/** Halves of characters beyond the first plane come after everything else. */
function rank(unit) {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

function isLeap(year) {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function lengthOf(year, month) {
  return DAYS[month - 1] + (month === 2 && isLeap(year) ? 1 : 0);
}

function isDate(text) {
  if (!DATE.test(text)) return false;
  const [year, month, day] = text.split("-").map(Number);
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= lengthOf(year, month);
}

/** Days from the last of the year 0 on. */
function dayNumber(year, month, day) {
  let days = daysBefore(year) + day;
  for (let before = 1; before < month; before += 1) days += lengthOf(year, before);
  return days;
}

function daysBefore(year) {
  const past = year - 1;
  return past * 365 + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
}

function dateOf(number) {
  if (number < 1 || number > daysBefore(10_000)) return null;
  let year = Math.floor(number / 366) + 1;
  while (daysBefore(year + 1) < number) year += 1;
  let day = number - daysBefore(year);
  let month = 1;
  while (day > lengthOf(year, month)) {
    day -= lengthOf(year, month);
    month += 1;
  }
  const text = [String(year).padStart(4, "0"), String(month).padStart(2, "0"), String(day).padStart(2, "0")];
  return new Moment("date", text.join("-"));
}
