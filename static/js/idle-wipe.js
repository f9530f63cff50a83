/**
 * A tablet whose visitor walked away wipes what was typed: it asks, counts down aloud for the eyes, and sends the form
 * that wipes. A touch, a key or the button in the dialog goes on.
 *
 *   <form id="wipe-form" method="post">…</form>
 *   <dialog data-idle-wipe="90" data-idle-warn="20" data-idle-form="wipe-form">
 *     … <strong role="timer" data-idle-left>20</strong> … <form method="dialog">…</form>
 *   </dialog>
 *
 * Seconds are counted by the clock: a tablet that slept wipes when it wakes.
 */
const dialog = document.querySelector("[data-idle-wipe]");
const left = dialog?.querySelector("[data-idle-left]");
const seconds = Number(dialog?.dataset.idleWipe ?? 0);
const warned = Number(dialog?.dataset.idleWarn ?? 0);
let until = 0;
let isOver = false;

function restart() {
  until = Date.now() + seconds * 1000;
}

function wipe() {
  isOver = true;
  // what is on the screen goes first, whatever the network does
  document.getElementById("main")?.replaceChildren();
  document.getElementById(dialog.dataset.idleForm)?.submit();
}

function look() {
  if (isOver) return;
  const rest = Math.ceil((until - Date.now()) / 1000);
  if (rest <= 0) {
    wipe();
  } else if (rest <= warned) {
    left.textContent = String(rest);
    if (!dialog.open) dialog.showModal();
  }
}

if (seconds > 0) {
  for (const name of ["pointerdown", "keydown", "input", "scroll"]) {
    document.addEventListener(name, () => dialog.open || restart(), { passive: true });
  }
  dialog.addEventListener("close", restart);
  restart();
  setInterval(look, 500);
}
