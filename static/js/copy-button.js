/**
 * Copies a number or an address, and says so. The button is hidden where copying is not possible.
 *
 *   <button type="button" data-copy="1234-5678-901" hidden>番号をコピー</button>
 */
import { text } from "./texts.js";

const SHOWN_FOR = 4000;

function attach(button) {
  const answer = document.createElement("span");
  answer.setAttribute("role", "status");
  button.after(answer);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      answer.textContent = text("copied");
    } catch {
      answer.textContent = text("copyFailed");
    }
    setTimeout(() => (answer.textContent = ""), SHOWN_FOR);
  });
}

if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(attach);
