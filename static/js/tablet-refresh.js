/**
 * A tablet on a wall that nobody touches goes back to its first page, which shows what came meanwhile.
 *
 *   <main data-home="/circulars/tablet/" data-refresh-minutes="30">…</main>
 */
const page = document.querySelector("[data-refresh-minutes]");
const wait = Number(page?.dataset.refreshMinutes ?? 0) * 60_000;
let timer;

async function refresh() {
  try {
    // without a line the page that is there stays
    const answer = await fetch(page.dataset.home, { method: "HEAD", cache: "no-store" });
    if (answer.ok) {
      location.replace(page.dataset.home);
      return;
    }
  } catch {
    // asked again at the next turn
  }
  restart();
}

function restart() {
  clearTimeout(timer);
  timer = setTimeout(refresh, wait);
}

if (wait > 0) {
  for (const name of ["pointerdown", "keydown", "scroll"]) {
    addEventListener(name, restart, { passive: true });
  }
  restart();
}
