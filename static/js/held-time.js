/**
 * Counts down how long a time is kept. The page says until when in words; this only says how much is left.
 *
 *   <p data-held-seconds="540">… <span data-held-clock></span></p>
 *   <p role="status" data-held-status></p>
 *   <template id="held-texts" data-held-left="あと{minutes}分{seconds}秒" …></template>
 *
 * The server says how many seconds are left, so that a clock that is wrong counts right. It is read out twice: when two
 * minutes are left, and at the end. Nothing that was typed is lost then.
 */
import { text } from "./texts.js";

const SOON = 120;
const box = document.querySelector("[data-held-seconds]");
const status = document.querySelector("[data-held-status]");
let said = "";

function say(name) {
  if (said === name || !status) return;
  said = name;
  status.textContent = text(name);
}

// moments are compared, not counted down: a phone that slept wakes up to the truth
function tick(endsAt) {
  const left = Math.ceil((endsAt - Date.now()) / 1000);
  const clock = box.querySelector("[data-held-clock]");
  if (left <= 0) {
    box.classList.add("booking-held--over");
    box.querySelector("span").textContent = text("heldOver");
    say("heldOver");
    return false;
  }
  clock.textContent = text("heldLeft", { minutes: Math.floor(left / 60), seconds: String(left % 60).padStart(2, "0") });
  if (left <= SOON) say("heldSoon");
  return true;
}

if (box) {
  const endsAt = Date.now() + Number(box.dataset.heldSeconds) * 1000;
  if (tick(endsAt)) {
    const timer = setInterval(() => tick(endsAt) || clearInterval(timer), 1000);
  }
}
