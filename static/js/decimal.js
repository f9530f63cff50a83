/**
 * Exact decimals: a BigInt and how many of its digits stand behind the point. The same rules as
 * applications/conditions/decimals.py; nothing is ever rounded.
 */
const MOST_CHARACTERS = 100;
const SURELY_SHORT = 10n ** 40n;
const WRITTEN = /^-?[0-9]+(?:\.[0-9]+)?$/;

export class Decimal {
  constructor(units, scale) {
    this.units = units;
    this.scale = scale;
  }
}

/** The number of a text like -12.50; null for anything else. */
export function number(text) {
  if (text.length > MOST_CHARACTERS || !WRITTEN.test(text)) return null;
  const [whole, fraction = ""] = text.split(".");
  return new Decimal(BigInt(whole + fraction), fraction.length);
}

export function whole(value) {
  return new Decimal(BigInt(value), 0);
}

/** -1, 0 or 1. */
export function compareNumbers(left, right) {
  const [one, other] = aligned(left, right);
  return Number(one > other) - Number(one < other);
}

/** The sum; null when there is nothing to add, or when it is too long. */
export function total(numbers) {
  if (numbers.length === 0) return null;
  return bounded(
    numbers.reduce((sum, one) => {
      const [left, right] = aligned(sum, one);
      return new Decimal(left + right, Math.max(sum.scale, one.scale));
    }),
  );
}

export function product(left, right) {
  return bounded(new Decimal(left.units * right.units, left.scale + right.scale));
}

/** The whole number of a decimal such as 3 or 3.0 as a BigInt; null for 3.5. */
export function wholeOf(value) {
  const unit = 10n ** BigInt(value.scale);
  return value.units % unit === 0n ? value.units / unit : null;
}

/** -12.5: no zeros at the end, no minus before zero. */
export function written(value) {
  const sign = value.units < 0n ? "-" : "";
  const digits = String(value.units < 0n ? -value.units : value.units).padStart(value.scale + 1, "0");
  if (value.scale === 0) return sign + digits;
  const text = `${digits.slice(0, -value.scale)}.${digits.slice(-value.scale)}`;
  return sign + text.replace(/\.?0+$/, "");
}

function aligned(left, right) {
  if (left.scale === right.scale) return [left.units, right.units];
  const scale = Math.max(left.scale, right.scale);
  return [left, right].map((one) => one.units * 10n ** BigInt(scale - one.scale));
}

function bounded(value) {
  const isShort = value.scale < 40 && value.units < SURELY_SHORT && value.units > -SURELY_SHORT;
  if (isShort) return value;
  return written(value).length <= MOST_CHARACTERS ? value : null;
}
