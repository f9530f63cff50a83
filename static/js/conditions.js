/**
 * The condition language in the browser, without the page: what is shown, required and calculated. The server
 * has the same in applications/conditions/ and decides; tests/applications/condition_vectors.json holds both
 * to one meaning.
 *
 *   import { outcome } from "./conditions.js";
 *   const { visible, required, calculated } = outcome(logic, answers, { today: "2026-11-22" });
 */
export { evaluate, valueOf } from "./conditions-evaluate.js";
export { factsOf } from "./conditions-facts.js";
export { outcome } from "./conditions-outcome.js";
export { textOf } from "./conditions-values.js";
