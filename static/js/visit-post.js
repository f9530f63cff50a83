/**
 * Buttons on pages of a visit: before a page is left for its answer, the server is asked whether it is there. If not,
 * nothing is lost and nothing is said to be done.
 *
 *   <form method="post" data-visit-post>     kept encrypted, and sent once when the network is back: signing, receiving;
 *                                             its value names the text that says what is not done until then
 *   <form method="post">                      is pressed again then
 *   <form method="post" data-submit-many>     a download: left alone
 */
import { addressOf, fieldsOf, wordsOf } from "./form-words.js";
import { reaches, untilBack } from "./network.js";
import { text } from "./texts.js";
import { keep } from "./visit-keep.js";

let isWaiting = false;

async function press(event) {
  const { target: form, submitter } = event;
  if (form.dataset.reached) {
    delete form.dataset.reached;
    return;
  }
  if (event.defaultPrevented || submitter?.getAttribute("formtarget") === "_blank") return;
  event.preventDefault();
  if (isWaiting) return;
  isWaiting = true;
  if (await reaches(keep.reach)) await again(form, submitter);
  else if ("visitPost" in form.dataset) await send(form, submitter);
  else await ask(form);
  isWaiting = false;
}

/** What was typed is kept by now; the button waits for the person. */
async function ask(form) {
  form.dispatchEvent(new Event("visit:held"));
  keep.say("keepPressAgain");
  untilBack(keep.reach).then(() => keep.isOffline || keep.isOver || keep.say("keepReachable", "fine"));
}

/** Pressed by the person: what was kept of the same button before goes with it, and not once more after it. */
async function again(form, submitter) {
  if ("visitPost" in form.dataset) await keep.store.remove(idOf(form, submitter)).catch(() => {});
  leave(form, submitter);
}

function idOf(form, submitter) {
  return `${keep.visit} ${addressOf(form, submitter).pathname}`;
}

function leave(form, submitter) {
  form.dispatchEvent(new Event("visit:leaving"));
  form.dataset.reached = "yes";
  keep.isOffline = false;
  form.requestSubmit(submitter);
}

/** Kept, sent once, and only then is it done. */
async function send(form, submitter) {
  const { href } = addressOf(form, submitter);
  const item = { kind: "post", url: href, fields: await fieldsOf(form, submitter), words: wordsOf(form) };
  const id = idOf(form, submitter);
  let answer = { state: "lost" };
  while (answer.state === "lost") {
    const isKept = await keep.put(id, item);
    if (keep.isOver) return;
    if (isKept) keep.say(form.dataset.visitPost || "keepNotDone");
    await untilBack(keep.reach);
    if (keep.isOver) return;
    answer = await keep.deliver(item);
  }
  await heard(answer, id);
}

/**
 * What is refused is said with its reason, on the page the visit stands at, or on this one with what was typed. It is
 * not sent once more: whether to press again is for the person to say.
 */
async function heard({ state, said, url }, id) {
  keep.isOffline = false;
  if (state === "signedOut") return keep.say("keepSignedOut");
  if (state === "unclear") return keep.say("keepUnclear");
  await keep.sent(id);
  if (state === "sent") return keep.go(url);
  if (url) return keep.go(url, "refused", said);
  keep.say("keepRefusedHere", "problem", `${text("keepRefusedHere")} ${said}`.trim());
}

if (keep) {
  for (const form of document.querySelectorAll("form[method=post]:not([data-submit-many])")) {
    form.addEventListener("submit", press);
  }
}
