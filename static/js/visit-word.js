/**
 * What the next page says of what was kept on the tablet: it was sent, or it was refused and why.
 *
 *   leaveWord("sent")   leaveWord("refused", "…")   takeWord()   {name, tone, said} once, or null
 */
const WORD = "visit-keep-word";

export function leaveWord(state, said = "") {
  sessionStorage.setItem(WORD, JSON.stringify({ state, said }));
}

export function takeWord() {
  const left = sessionStorage.getItem(WORD);
  sessionStorage.removeItem(WORD);
  if (!left) return null;
  const { state, said } = JSON.parse(left);
  return state === "sent" ? { name: "keepBack", tone: "fine", said } : { name: "keepRefusedHere", tone: "problem", said };
}
