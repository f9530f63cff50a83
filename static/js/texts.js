/**
 * The words that scripts show. They are translated on the server and stand in the page:
 *
 *   <template id="texts" data-char-left="あと{count}文字"></template>
 */
const texts = document.getElementById("texts")?.dataset ?? {};

/** The text of that name with its {placeholders} filled; an unknown name gives "". */
export function text(name, values = {}) {
  return (texts[name] ?? "").replace(/\{(\w+)\}/g, (_match, key) => values[key] ?? "");
}
