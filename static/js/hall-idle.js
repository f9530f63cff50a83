/**
 * A kiosk whose visitor walked away goes back to its first page, after asking.
 *
 *   <dialog data-idle-home="/kiosk/" data-idle-seconds="60">… <form method="dialog">…</form></dialog>
 *
 * With 0 seconds the page stays.
 */
const ANSWER_SECONDS = 15;

const dialog = document.querySelector("[data-idle-home]");
const seconds = Number(dialog?.dataset.idleSeconds ?? 0);
let timer;

function goHome() {
  location.replace(dialog.dataset.idleHome);
}

function ask() {
  dialog.showModal();
  timer = setTimeout(goHome, ANSWER_SECONDS * 1000);
}

function restart() {
  clearTimeout(timer);
  timer = setTimeout(ask, seconds * 1000);
}

if (seconds > 0) {
  for (const name of ["pointerdown", "keydown", "input"]) {
    document.addEventListener(name, () => dialog.open || restart());
  }
  dialog.addEventListener("close", restart);
  restart();
}
