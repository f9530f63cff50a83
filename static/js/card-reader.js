/**
 * Reads a My Number card with the program on this PC (docs/cardbridge.md), and sends what it says to the visit.
 *
 *   <section hidden data-card-reader data-bridge="http://127.0.0.1:47365" data-order="address that signs an order">
 *     <form data-card-form> order, name, address, birth_date, sex; data-card-start, data-card-cancel; <p data-card-status>
 *
 * The page waits for the program as long as the resident needs; the PIN never comes here.
 */
import { text } from "./texts.js";

const NAMES = ["name", "address", "birth_date", "sex"];

class Refused extends Error {}

async function signedOrder(address, form) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
  }).catch(() => null);
  const content = await answer?.json().catch(() => null);
  if (!answer?.ok || !content?.order) throw new Refused(content?.message ?? text("cardNoPortal"));
  return content.order;
}

async function readCard(bridge, order, signal) {
  let answer;
  try {
    answer = await fetch(`${bridge}/readings`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ order }),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal,
    });
  } catch (error) {
    throw new Refused(text(error.name === "AbortError" ? "cardCancelled" : "cardNoBridge"));
  }
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(content.message ?? text("cardNoBridge"));
  return content;
}

function attach(section) {
  const form = section.querySelector("[data-card-form]");
  const start = section.querySelector("[data-card-start]");
  const cancel = section.querySelector("[data-card-cancel]");
  const status = section.querySelector("[data-card-status]");
  let waiting = null;

  function show(isWaiting, words) {
    start.disabled = isWaiting;
    cancel.hidden = !isWaiting;
    status.textContent = words;
  }

  start.addEventListener("click", async () => {
    waiting = new AbortController();
    show(true, text("cardWaiting"));
    try {
      const order = await signedOrder(section.dataset.order, form);
      const card = await readCard(section.dataset.bridge, order, waiting.signal);
      form.elements.order.value = order;
      for (const name of NAMES) form.elements[name].value = card[name] ?? "";
      form.submit();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      show(false, error.message);
      start.focus();
    }
  });
  cancel.addEventListener("click", () => waiting?.abort());
  section.hidden = false;
}

document.querySelectorAll("[data-card-reader]").forEach(attach);
