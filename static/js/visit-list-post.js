/**
 * Buttons on the lists of a desk: the server is asked whether it is there before the list is left. If not, nothing is
 * lost and nothing is said to be done; the button is pressed again.
 *
 *   <p role="status" data-list-said hidden></p> <section data-keep-list data-keep-reach="/staff/visits/worker.js">
 */
import { reaches, untilBack } from "./network.js";
import { text } from "./texts.js";

const { keepReach } = document.querySelector("[data-keep-list]").dataset;
const line = document.querySelector("[data-list-said]");
let isAsking = false;

function say(name, tone) {
  line.textContent = text(name);
  line.dataset.tone = tone;
  line.hidden = false;
}

async function press(event) {
  const { target: form, submitter } = event;
  if (form.dataset.reached) {
    delete form.dataset.reached;
    return;
  }
  if (event.defaultPrevented) return;
  event.preventDefault();
  if (isAsking) return;
  isAsking = true;
  if (await reaches(keepReach)) {
    form.dataset.reached = "yes";
    form.requestSubmit(submitter);
  } else {
    say("listPressAgain", "problem");
    untilBack(keepReach).then(() => say("listReachable", "fine"));
  }
  isAsking = false;
}

for (const form of document.querySelectorAll("main form[method=post]")) form.addEventListener("submit", press);
