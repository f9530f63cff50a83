/**
 * Prints a ticket when its page comes up for the first time in this browser: a reload in the middle prints no second
 * one. Whoever wants one more presses the button.
 *
 *   <div data-print-once="the ticket's id">   nothing happens with an empty id
 */
const id = document.querySelector("[data-print-once]")?.dataset.printOnce;
const KEY = "printed";

if (id && sessionStorage.getItem(KEY) !== id) {
  sessionStorage.setItem(KEY, id);
  window.addEventListener("load", () => window.print());
}
