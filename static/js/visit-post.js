/**
 * Buttons on pages of a visit: before a page is left for its answer, the server is asked whether it is there. If not,
 * nothing is lost and nothing is said to be done.
 *
 *   <form method="post" data-visit-post>     kept encrypted, and sent once when the network is back: signing, receiving
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
  if (await reaches(keep.reach)) leave(form, submitter);
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

function leave(form, submitter) {
  form.dispatchEvent(new Event("visit:leaving"));
  form.dataset.reached = "yes";
  keep.isOffline = false;
  form.requestSubmit(submitter);
}

/** Kept, sent once, and only then is it done. What the server refuses stays on the page. */
async function send(form, submitter) {
  const address = addressOf(form, submitter);
  const item = { kind: "post", url: address.href, fields: await fieldsOf(form, submitter), words: wordsOf(form) };
  const id = `${keep.visit} ${address.pathname}`;
  let answer = { state: "lost" };
  while (answer.state === "lost") {
    await keep.put(id, item);
    if (keep.isOver) return;
    keep.say("keepNotDone");
    await untilBack(keep.reach);
    if (keep.isOver) return;
    answer = await keep.deliver(item);
  }
  if (answer.state === "signedOut") {
    keep.isOffline = false;
    keep.say("keepSignedOut");
    return;
  }
  await keep.sent(id);
  if (answer.state === "sent") keep.go(answer.url);
  else keep.say("keepRefused", "problem", `${answer.said} ${text("keepLookAgain")}`);
}

if (keep) {
  for (const form of document.querySelectorAll("form[method=post]:not([data-submit-many])")) {
    form.addEventListener("submit", press);
  }
}
