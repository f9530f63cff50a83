// Reads cases of the condition language as JSON, answers each with what the browser's modules make of it.
//   node condition_cases.mjs < cases.json     (beside copies of static/js/conditions*.js and decimal.js)
// A case: {"condition" | "value", "fields", "answers", "today"} or {"form", "answers", "today"}.
import { readFileSync } from "node:fs";
import { evaluate, factsOf, outcome, textOf, valueOf } from "./conditions.js";
import { Moment } from "./conditions-values.js";
import { Decimal } from "./decimal.js";

function encoded(value) {
  if (value instanceof Decimal) return { number: textOf(value) };
  if (value instanceof Moment) return { [value.kind]: textOf(value) };
  return value;
}

function answer({ condition, value, fields, form, answers, today }) {
  if (form) {
    const { visible, required, calculated } = outcome(form, answers, { today });
    return { visible: [...visible].sort(), required: [...required].sort(), calculated };
  }
  const facts = factsOf(fields, answers);
  return condition === undefined ? encoded(valueOf(value, facts, { today })) : evaluate(condition, facts, { today });
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(answer)));
