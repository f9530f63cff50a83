/**
 * Lets a form wait until every file is up, and then be sent as the person wanted.
 *
 *   <form data-upload-url="…"> … <p data-autosave-state></p>
 *
 * Loaded before autosave.js and submit-once.js have their say: a form that waits is not sent.
 */
import { waiting } from "./upload-send.js";
import { text } from "./texts.js";

let held = null;

function hold(event) {
  const form = event.target;
  if (!form.matches("form[data-upload-url]") || !waiting()) return;
  event.preventDefault();
  const state = form.querySelector("[data-autosave-state]");
  if (state) state.textContent = text("uploadFirst");
  held = { form, submitter: event.submitter };
}

// in the capturing phase: before the listeners on the form itself
document.addEventListener("submit", hold, { capture: true });
document.addEventListener("uploads:changed", () => {
  if (!held || waiting()) return;
  const { form, submitter } = held;
  held = null;
  form.requestSubmit(submitter);
});
