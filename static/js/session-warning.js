/**
 * Says some minutes ahead that the session ends, offers to go on, and says at the end what is kept.
 *
 *   <dialog data-session-idle="1800" data-session-warn="120" data-session-scope="" data-session-url="/session/touch/">
 *     <input type="hidden" name="csrfmiddlewaretoken" value="…">
 *     <div data-session-before> <span data-session-clock></span> <button data-session-continue></button>
 *       <p data-session-problem hidden>…</p> </div>
 *     <div data-session-after hidden>…</div>
 *   </dialog>
 *
 * Windows of one scope go on together: a sign-in is one for all, a guest's application is one of its own. Other
 * scripts that reach the server dispatch "session:touched" on the document, and hear "session:ended" from it.
 */
import { text } from "./texts.js";

const box = document.querySelector("[data-session-idle]");
const channel = "BroadcastChannel" in window && box ? new BroadcastChannel(`session${box.dataset.sessionScope}`) : null;
let endsAt = 0;
let ended = false;

function touched({ tell = true } = {}) {
  if (ended) return;
  endsAt = Date.now() + Number(box.dataset.sessionIdle) * 1000;
  if (tell) channel?.postMessage("touched");
  if (box.open) box.close();
}

function end() {
  ended = true;
  box.querySelector("[data-session-before]").hidden = true;
  box.querySelector("[data-session-after]").hidden = false;
  if (!box.open) box.showModal();
  box.querySelector("[data-session-after] a")?.focus();
  document.dispatchEvent(new Event("session:ended"));
}

function warn(seconds) {
  box.querySelector("[data-session-clock]").textContent = text("sessionClock", {
    minutes: Math.floor(seconds / 60),
    seconds: String(seconds % 60).padStart(2, "0"),
  });
  if (!box.open) {
    box.showModal();
    box.querySelector("h2").focus();
  }
}

async function goOn() {
  const problem = box.querySelector("[data-session-problem]");
  problem.hidden = true;
  try {
    const answer = await fetch(box.dataset.sessionUrl, {
      method: "POST",
      headers: { "X-CSRFToken": box.querySelector("[name=csrfmiddlewaretoken]").value },
      redirect: "manual",
    });
    if (answer.ok) touched();
    else end();
  } catch {
    problem.hidden = false;
  }
}

// the clock is compared, not counted down: a phone that slept wakes up to the truth
function tick() {
  if (ended) return;
  const seconds = Math.ceil((endsAt - Date.now()) / 1000);
  if (seconds <= 0) end();
  else if (seconds <= Number(box.dataset.sessionWarn)) warn(seconds);
}

if (box) {
  touched();
  box.querySelector("[data-session-continue]").addEventListener("click", goOn);
  // Escape means "I am here": the same as going on
  box.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!ended) goOn();
  });
  document.addEventListener("session:touched", () => touched());
  channel?.addEventListener("message", () => touched({ tell: false }));
  setInterval(tick, 1000);
}
