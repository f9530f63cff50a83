/**
 * Keeps a ticket's page fresh: asks its small JSON, changes the words, and makes itself felt when the turn is near.
 *
 *   <section data-ticket-state="/tickets/…/state/" data-state="waiting" data-rings="" data-calls="0">
 *     <p data-ticket-headline> <p data-ticket-line> <p data-ticket-fresh hidden>   (shown without a network)
 */
const EVERY = 8000;

const section = document.querySelector("[data-ticket-state]");
const headline = section.querySelector("[data-ticket-headline]");
const line = section.querySelector("[data-ticket-line]");
const stale = section.querySelector("[data-ticket-fresh]");
const title = document.title;

function ring(rings) {
  navigator.vibrate?.(rings === "called" ? [400, 200, 400, 200, 400] : [300]);
}

function show(state) {
  if (state.state !== section.dataset.state) {
    // other buttons belong to the new state
    location.reload();
    return;
  }
  headline.textContent = state.headline;
  line.textContent = state.line;
  const key = `${state.rings}${state.calls}`;
  if (state.rings && key !== `${section.dataset.rings}${section.dataset.calls}`) ring(state.rings);
  section.dataset.rings = state.rings;
  section.dataset.calls = state.calls;
  document.title = state.rings ? `● ${state.headline} ${title}` : title;
}

async function ask() {
  try {
    const response = await fetch(section.dataset.ticketState, { cache: "no-cache" });
    if (!response.ok) throw new Error(response.status);
    const state = await response.json();
    stale.hidden = true;
    show(state);
    if (state.over) return;
  } catch {
    stale.hidden = false;
  }
  setTimeout(ask, EVERY);
}

setTimeout(ask, EVERY);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
