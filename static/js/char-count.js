/**
 * Counts characters as people see them (葛󠄀 and 👨‍👩‍👧 are one each) and says how many are left.
 *
 *   <textarea data-char-count="400"></textarea>
 *
 * The count stands below the field: always for a long text, near the end for a line. It is read out when typing
 * pauses, near the end and beyond it only.
 */
import { attachTo } from "./attach.js";
import { text } from "./texts.js";

const QUIET_AFTER = 1500;
const NEAR_THE_END = 10;
const graphemes = "Segmenter" in Intl ? new Intl.Segmenter("ja", { granularity: "grapheme" }) : null;

function lengthOf(value) {
  // a line break is one character on the server as well
  const plain = value.replaceAll("\r\n", "\n").trim();
  return graphemes ? [...graphemes.segment(plain)].length : [...plain].length;
}

function wordsFor(left) {
  if (left === 0) return text("charFull");
  return left < 0 ? text("charOver", { count: -left }) : text("charLeft", { count: left });
}

function attach(field) {
  const most = Number(field.dataset.charCount);
  const shown = document.createElement("p");
  const spoken = document.createElement("p");
  let timer;
  shown.className = "char-count";
  shown.setAttribute("aria-hidden", "true");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  field.after(shown, spoken);

  function update() {
    const left = most - lengthOf(field.value);
    const matters = field.matches("textarea") || left <= NEAR_THE_END;
    const words = wordsFor(left);
    shown.hidden = !matters;
    shown.textContent = words;
    shown.classList.toggle("char-count--over", left < 0);
    return left <= NEAR_THE_END ? words : "";
  }

  field.addEventListener("input", () => {
    const words = update();
    clearTimeout(timer);
    timer = setTimeout(() => (spoken.textContent = words), QUIET_AFTER);
  });
  update();
}

attachTo("[data-char-count]", attach);
