/**
 * The words that scripts show. They are translated on the server and stand in the page:
 *
 *   <template id="texts" data-char-left="あと{count}文字"></template>
 *
 * A page that needs more brings a template of its own, whose id ends in "texts".
 */
const texts = Object.assign({}, ...[...document.querySelectorAll("template[id$=texts]")].map((one) => one.dataset));

/** The text of that name with its {placeholders} filled; an unknown name gives "". */
export function text(name, values = {}) {
  return (texts[name] ?? "").replace(/\{(\w+)\}/g, (_match, key) => values[key] ?? "");
}
