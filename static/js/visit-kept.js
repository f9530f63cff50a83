/**
 * What a tablet kept of a visit is sent as soon as a page of the visit is there again, once. What the server does not
 * take, because somebody else went on or the visit is over, is shown to staff: to be copied, or thrown away.
 *
 *   <div data-keep-found></div>   in the box of visit-keep.js; on the page turned round to the resident nothing is shown
 */
import { untilBack } from "./network.js";
import { text } from "./texts.js";
import { keep } from "./visit-keep.js";
import { registerWorkers } from "./visit-workers.js";

async function settle({ id, savedAt, content }) {
  if (content.refused) {
    show({ id, savedAt: content.keptAt, content }, content.refused);
    return { state: "refused" };
  }
  const answer = await keep.deliver(content);
  if (answer.state === "sent") await keep.sent(id);
  else if (answer.state === "signedOut") keep.say("keepSignedOut");
  else if (answer.state === "unclear") keep.say("keepUnclear");
  else if (answer.state === "refused") {
    await note(id, savedAt, content, answer.said);
    show({ id, savedAt, content }, answer.said);
  }
  return answer;
}

/** A button that was refused is never sent again by itself: what it asked for may be possible, and wrong, later. */
async function note(id, savedAt, content, refused) {
  if (content.kind === "post") await keep.store.put(id, keep.visit, { ...content, refused, keptAt: savedAt });
}

async function settleAll() {
  let hasSent = "";
  for (const item of await keep.store.list()) {
    if (item.visit !== keep.visit) continue;
    let answer = await settle(item);
    while (answer.state === "lost" && !keep.isOver) {
      keep.say("keepOffline");
      await untilBack(keep.reach);
      answer = await settle(item);
    }
    if (answer.state === "sent") hasSent = answer.url || location.href;
  }
  if (hasSent) keep.go(hasSent);
}

function made(tag, className, words = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = words;
  return element;
}

function button(words, pressed) {
  const element = made("button", "button button--outline button--md", words);
  element.type = "button";
  element.addEventListener("click", pressed);
  return element;
}

function show({ id, savedAt, content }, said) {
  if (keep.isTurned) return keep.say("keepAskStaff");
  const time = new Date(savedAt).toLocaleTimeString("ja-JP", { hour: "numeric", minute: "2-digit" });
  const panel = made("div", "visit-keep__found stack stack--tight");
  const list = made("dl", "visit-keep__words");
  for (const [label, words] of content.words) list.append(made("dt", "", label), made("dd", "", words));
  const plain = content.words.map(([label, words]) => `${label}：${words}`).join("\n");
  const copy = button(text("keepCopy"), async () => {
    await navigator.clipboard.writeText(plain);
    copy.textContent = text("keepCopied");
  });
  const drop = button(text("keepDrop"), async () => {
    await keep.store.remove(id);
    panel.remove();
    if (!keep.box.querySelector(".visit-keep__found")) keep.say("");
  });
  const buttons = made("div", "cluster");
  if (plain) buttons.append(copy);
  buttons.append(drop);
  panel.append(made("p", "", text("keepFound", { time })), list, buttons);
  keep.box.querySelector("[data-keep-found]").append(panel);
  keep.say("keepRefused", "problem", said);
}

if (keep) {
  settleAll();
  registerWorkers(keep.box.dataset);
}
