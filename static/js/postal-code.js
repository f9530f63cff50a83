/**
 * Fills the address from the postal code. A code with several towns offers the choice; what a person
 * typed is never overwritten.
 *
 *   <div data-postal-code>
 *     <input name="…postal_code"> <button type="submit" data-postal-code-button>住所を検索</button>
 *     <input name="…prefecture"> <input name="…city"> <input name="…town"> …
 *   </div>
 *
 * The button sends the page where there is no script; here it asks at once:
 * GET /api/ui/postal-codes/<7 digits>/ gives {"addresses": [{"prefecture", "city", "town", "label", …}, …]},
 * or 404 for a code that nobody has. Large offices have a code of their own, with street and building.
 */
import { attachTo } from "./attach.js";
import { text } from "./texts.js";

const ADDRESSES = "/api/ui/postal-codes/";
const PARTS = ["prefecture", "city", "town", "street", "building"];

function part(group, name) {
  return group.querySelector(`[name="${name}"], [name$=".${name}"], [name$="_${name}"], [name$="-${name}"]`);
}

function digitsOf(value) {
  return value.normalize("NFKC").replace(/[^0-9]/g, "");
}

/** Write the parts that are empty or hold only what we wrote there ourselves. */
function fill(group, address) {
  for (const name of PARTS) {
    const input = part(group, name);
    const wanted = address[name] ?? "";
    if (!input || input.value === wanted || (input.value && input.value !== input.dataset.filled)) continue;
    input.value = wanted;
    input.dataset.filled = wanted;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function offer(group, box, addresses) {
  const choices = document.createElement("div");
  choices.className = "cluster";
  for (const address of addresses) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--outline button--md";
    button.textContent = address.label;
    button.addEventListener("click", () => {
      fill(group, address);
      box.replaceChildren();
      (part(group, "street") ?? part(group, "town")).focus();
    });
    choices.append(button);
  }
  const question = document.createElement("p");
  question.textContent = text("postalChoose");
  box.replaceChildren(question, choices);
}

function attach(group) {
  const code = part(group, "postal_code");
  const box = document.createElement("div");
  let asked = digitsOf(code.value);
  box.className = "postal-choices stack stack--tight";
  box.setAttribute("role", "status");
  (code.closest(".parts__part, .field") ?? code).after(box);

  async function look({ again = false } = {}) {
    const digits = digitsOf(code.value);
    if (digits === asked && !again) return;
    asked = digits;
    box.replaceChildren();
    if (digits.length !== 7) {
      box.textContent = again ? text("postalDigits") : "";
      return;
    }
    try {
      const answer = await fetch(`${ADDRESSES}${digits}/`, { headers: { Accept: "application/json" } });
      if (digits !== asked) return;
      const addresses = answer.ok ? (await answer.json()).addresses : [];
      if (addresses.length === 0) box.textContent = text("postalUnknown");
      else if (addresses.length === 1) fill(group, addresses[0]);
      else offer(group, box, addresses);
    } catch {
      box.textContent = text("postalOffline");
    }
  }

  code.addEventListener("input", () => look());
  code.addEventListener("change", () => look());
  group.querySelector("[data-postal-code-button]")?.addEventListener("click", (event) => {
    event.preventDefault();
    look({ again: true });
  });
}

attachTo("[data-postal-code]", (group) => {
  if (part(group, "postal_code")) attach(group);
});
