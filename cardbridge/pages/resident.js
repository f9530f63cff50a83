/** The resident's screen: asks the bridge every moment what to show, and sends what was typed, once. */

const EVERY = 700;
const main = document.querySelector("main");
const form = document.querySelector("[data-secret]");
const message = document.querySelector("[data-message]");
const last = document.querySelector("[data-last]");
let reading = "";
let isSending = false;

function wipe() {
  form.reset();
  chooseKind();
}

function chooseKind() {
  for (const part of form.querySelectorAll("[data-kind]")) part.hidden = part.dataset.kind !== form.elements.kind.value;
}

function show(screen) {
  const isNew = screen.reading !== reading || (main.dataset.stage !== "asking" && screen.stage === "asking");
  reading = screen.reading;
  main.dataset.stage = screen.stage;
  if (message.textContent !== screen.message) message.textContent = screen.message;
  last.hidden = !screen.is_last_try;
  if (isNew) wipe();
  if (isNew && screen.stage === "asking") form.querySelector("[data-kind]:not([hidden]) input").focus();
}

async function send(path, content) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ reading, ...content }),
  });
  show(await answer.json());
}

function digits() {
  const { kind, pin, birth, expiry, code } = form.elements;
  const typed = kind.value === "pin" ? pin.value : birth.value + expiry.value + code.value;
  return typed.normalize("NFKC").trim();
}

async function submit(event) {
  event.preventDefault();
  if (isSending) return;
  isSending = true;
  const content = { kind: form.elements.kind.value, digits: digits(), may_be_last: form.elements.last.checked };
  wipe();
  form.elements.kind.value = content.kind;
  chooseKind();
  main.dataset.stage = "reading";
  message.textContent = "";
  try {
    await send("/secret", content);
  } finally {
    isSending = false;
  }
}

function makeKeys() {
  const keys = document.querySelector("[data-keys]");
  for (const label of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "消す", "0"]) {
    const key = document.createElement("button");
    key.type = "button";
    key.textContent = label;
    key.addEventListener("click", () => press(label));
    keys.append(key);
  }
}

function press(label) {
  const boxes = [...form.querySelectorAll("[data-kind]:not([hidden]) input")];
  if (label === "消す") {
    const filled = boxes.filter((box) => box.value).at(-1);
    if (filled) filled.value = filled.value.slice(0, -1);
    return;
  }
  const open = boxes.find((box) => box.value.length < box.maxLength);
  if (open) open.value += label;
}

async function look() {
  if (!isSending) {
    try {
      const screen = await (await fetch("/screen")).json();
      if (!isSending) show(screen);
    } catch {
      message.textContent = "カードリーダーのプログラムにつながりません。係の者にお声がけください。";
      main.dataset.stage = "idle";
    }
  }
  setTimeout(look, EVERY);
}

makeKeys();
form.addEventListener("submit", submit);
form.addEventListener("change", chooseKind);
document.querySelector("[data-refuse]").addEventListener("click", () => send("/refusal", {}));
look();
