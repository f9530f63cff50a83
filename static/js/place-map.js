/**
 * A small map to point at a place: the mark stays in the middle, and the map moves under it.
 *
 *   <div data-place data-tile-url="https://…/{z}/{x}/{y}.png" data-tile-centre="35.68,139.65" data-tile-source="地理院タイル">
 *     <input name="….latitude"> <input name="….longitude">
 *
 * Dragged with finger or mouse, tapped, or moved with the arrow keys and + and −. Nothing is filled in before the
 * person has moved it. Without the setting of tiles, and without script, the coordinates and the note are there.
 */
import { attachTo } from "./attach.js";
import { placeAt, tileOf, tilesAround } from "./mercator.js";
import { onPointing } from "./pointing.js";
import { text } from "./texts.js";

const TILE = 256;
const DIGITS = 6;
const ZOOMS = { least: 5, most: 18, far: 14, near: 17 };
const STEP = 24;
const QUIET_AFTER = 1000;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class PlaceMap {
  constructor(box) {
    this.box = box;
    this.inputs = ["latitude", "longitude"].map((part) => box.querySelector(`[name$=".${part}"]`));
    this.pictures = new Map();
    this.build();
    box.addEventListener("input", (event) => this.inputs.includes(event.target) && this.follow());
    if (!this.follow()) this.go(this.centre(), ZOOMS.far);
  }

  centre() {
    const [latitude, longitude] = this.box.dataset.tileCentre.split(",").map(Number);
    return { latitude, longitude };
  }

  build() {
    this.view = made("div", "map__view", { tabindex: "0", role: "group", "aria-label": text("mapKeys") });
    this.mark = made("span", "map__mark", { "aria-hidden": "true" });
    this.status = made("p", "visually-hidden", { role: "status" });
    const source = made("p", "map__source");
    source.textContent = this.box.dataset.tileSource;
    const buttons = made("div", "map__buttons");
    buttons.append(this.button("+", "mapCloser", 1), this.button("−", "mapFarther", -1));
    const note = made("p", "note");
    note.textContent = text("mapHow");
    this.view.append(this.mark, buttons);
    const map = made("div", "map");
    map.append(note, this.view, source, this.status);
    this.box.querySelector(".place__numbers").before(map);
    this.view.addEventListener("keydown", (event) => this.key(event));
    onPointing(this.view, {
      moved: (right, down) => this.move(-right, -down),
      tapped: (x, y) => this.move(x, y),
    });
  }

  button(sign, name, change) {
    const button = made("button", "map__zoom", { type: "button", "aria-label": text(name) });
    button.textContent = sign;
    button.addEventListener("click", () => this.magnify(change));
    return button;
  }

  /** What stands in the boxes; whether it is a place. */
  follow() {
    const [latitude, longitude] = this.inputs.map((input) => Number(input.value.normalize("NFKC") || NaN));
    const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
    this.mark.classList.toggle("map__mark--set", isPlace);
    if (isPlace && !this.isWriting) this.go({ latitude, longitude }, Math.max(this.zoom ?? 0, ZOOMS.near));
    return isPlace;
  }

  go(place, zoom) {
    this.zoom = Math.min(ZOOMS.most, Math.max(ZOOMS.least, zoom));
    this.at = tileOf(place, this.zoom);
    this.draw();
  }

  magnify(change) {
    this.go(placeAt(this.at, this.zoom), this.zoom + change);
  }

  /** By so many points of the screen; the place under the mark is the answer from now on. */
  move(right, down) {
    this.at = { x: this.at.x + right / TILE, y: this.at.y + down / TILE };
    this.draw();
    const place = placeAt(this.at, this.zoom);
    this.isWriting = true;
    this.inputs[0].value = place.latitude.toFixed(DIGITS);
    this.inputs[1].value = place.longitude.toFixed(DIGITS);
    this.inputs[0].dispatchEvent(new Event("input", { bubbles: true }));
    this.isWriting = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.status.textContent = text("mapSet")), QUIET_AFTER);
  }

  key(event) {
    const sign = { "+": 1, "-": -1 }[event.key];
    const arrow = ARROWS[event.key];
    if (event.target !== this.view || (!sign && !arrow) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (sign) this.magnify(sign);
    else this.move(arrow[0] * STEP, arrow[1] * STEP);
  }

  draw() {
    const shown = new Map();
    for (const { column, row, left, top } of tilesAround(this.at, this.zoom)) {
      const url = this.urlOf(column, row);
      const picture = this.pictures.get(url) ?? made("img", "map__tile", { alt: "", draggable: "false", referrerpolicy: "no-referrer" });
      picture.style.transform = `translate(${Math.round(left * TILE)}px, ${Math.round(top * TILE)}px)`;
      if (!picture.src) picture.src = url;
      shown.set(url, picture);
    }
    for (const [url, picture] of this.pictures) if (!shown.has(url)) picture.remove();
    this.view.prepend(...[...shown.values()].filter((picture) => !picture.isConnected));
    this.pictures = shown;
  }

  urlOf(x, y) {
    const values = { x, y, z: this.zoom };
    return this.box.dataset.tileUrl.replace(/\{([xyz])\}/g, (_match, name) => values[name]);
  }
}

function made(tag, name, attributes = {}) {
  const element = document.createElement(tag);
  element.className = name;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

attachTo("[data-place][data-tile-url]", (box) => new PlaceMap(box));
