/**
 * Dates and times as they are typed, in the shape of stored answers; what is none is undefined.
 *
 *   dateOf({ year, month, day, era, unknown }, eras)   2026-11-23; of a birth date also 1945-03 or 1945 (`unknown`)
 */

/** Typed in full width or with blanks around it. */
export function half(text) {
  return text.normalize("NFKC").trim();
}

export function dateOf(boxes, eras) {
  return boxes.unknown ? partOf(boxes, eras) : wholeOf(boxes, eras);
}

function wholeOf({ year, month, day, era }, eras) {
  const { western, first, last } = yearOf(year, eras[era]) ?? {};
  if (!western || ![month, day].every((one) => Number.isInteger(Number(one)) && Number(one) > 0)) return undefined;
  const text = [western, month.padStart(2, "0"), day.padStart(2, "0")].join("-");
  const date = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text) return undefined;
  return first && (text < first || text > last) ? undefined : text;
}

/** A birth date of which the day, or month and day, are unknown. */
function partOf({ year, month, day, era, unknown }, eras) {
  const { western, first, last } = yearOf(year, eras[era]) ?? {};
  const isMonthKnown = unknown === "day";
  const isMonth = /^\d{1,2}$/.test(month) && Number(month) >= 1 && Number(month) <= 12;
  if (!western || day || (isMonthKnown ? !isMonth : month)) return undefined;
  const text = isMonthKnown ? `${western}-${month.padStart(2, "0")}` : western;
  return first && (text < first.slice(0, text.length) || text > last.slice(0, text.length)) ? undefined : text;
}

/** The year of the western calendar, and between which days its era lies. */
function yearOf(year, era) {
  const count = year === "元" ? 1 : Number(year);
  if (!Number.isInteger(count) || count < 1) return undefined;
  const [first, last] = (count >= 1000 ? null : era) ?? [];
  return { western: String(first ? Number(first.slice(0, 4)) + count - 1 : count).padStart(4, "0"), first, last };
}

export function timeOf(text) {
  const match = half(text).match(/^(\d{1,2})(?::|時)?(\d{2})分?$/);
  return match && Number(match[1]) < 24 && Number(match[2]) < 60 ? `${match[1].padStart(2, "0")}:${match[2]}` : undefined;
}

export function joined(day, time) {
  return day && time ? `${day}T${time}` : undefined;
}
