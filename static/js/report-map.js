/**
 * A map of numbered places, with the list beside it as it stands: what the map shows, the list says.
 *
 *   <div data-report-map data-tile-url="https://…/{z}/{x}/{y}.png" data-tile-source="地理院タイル"></div>
 *   <li data-report-point data-latitude="35.6" data-longitude="139.7" data-number="1" data-state="done"> <a href="…">
 *
 * Dragged with finger or mouse, or moved with the arrow keys and + and −. Numbers are for the eye and the mouse:
 * whoever uses the keyboard or a screen reader has the links of the list.
 */
import { attachTo } from "./attach.js";
import { placeAt, tileOf, tilesAround } from "./mercator.js";
import { onPointing } from "./pointing.js";
import { text } from "./texts.js";

const TILE = 256;
const ZOOMS = { least: 5, most: 18 };
const ROOM = { width: 1.2, height: 0.9 };
const STEP = 24;
const NEAR = 18;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class ReportMap {
  constructor(box) {
    this.box = box;
    this.pictures = new Map();
    this.points = [...document.querySelectorAll("[data-report-point]")].map((row) => this.point(row));
    if (!this.points.length) return;
    this.build();
    this.fit();
  }

  point(row) {
    const { latitude, longitude, number, state } = row.dataset;
    const mark = made("span", `map__point map__point--${state}`, { "aria-hidden": "true" });
    mark.textContent = number;
    return { row, mark, place: { latitude: Number(latitude), longitude: Number(longitude) } };
  }

  build() {
    this.view = made("div", "map__view", { tabindex: "0", role: "group", "aria-label": text("mapKeys") });
    const buttons = made("div", "map__buttons");
    buttons.append(this.button("+", "mapCloser", 1), this.button("−", "mapFarther", -1));
    this.view.append(...this.points.map(({ mark }) => mark), buttons);
    const source = made("p", "map__source");
    source.textContent = this.box.dataset.tileSource;
    const map = made("div", "map");
    map.append(this.view, source);
    this.box.append(map);
    this.view.addEventListener("keydown", (event) => this.key(event));
    onPointing(this.view, { moved: (right, down) => this.move(-right, -down), tapped: (x, y) => this.open(x, y) });
  }

  button(sign, name, change) {
    const button = made("button", "map__zoom", { type: "button", "aria-label": text(name) });
    button.textContent = sign;
    button.addEventListener("click", () => this.magnify(change));
    return button;
  }

  /** The largest scale that shows all points. */
  fit() {
    for (this.zoom = ZOOMS.most; this.zoom > ZOOMS.least; this.zoom -= 1) {
      const { width, height } = this.extent();
      if (width <= ROOM.width && height <= ROOM.height) break;
    }
    const { middle } = this.extent();
    this.at = middle;
    this.draw();
  }

  extent() {
    const tiles = this.points.map(({ place }) => tileOf(place, this.zoom));
    const [xs, ys] = [tiles.map(({ x }) => x), tiles.map(({ y }) => y)];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    return { width: right - left, height: bottom - top, middle: { x: (left + right) / 2, y: (top + bottom) / 2 } };
  }

  magnify(change) {
    const place = placeAt(this.at, this.zoom);
    this.zoom = Math.min(ZOOMS.most, Math.max(ZOOMS.least, this.zoom + change));
    this.at = tileOf(place, this.zoom);
    this.draw();
  }

  move(right, down) {
    this.at = { x: this.at.x + right / TILE, y: this.at.y + down / TILE };
    this.draw();
  }

  key(event) {
    const sign = { "+": 1, "-": -1 }[event.key];
    const arrow = ARROWS[event.key];
    if (event.target !== this.view || (!sign && !arrow) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (sign) this.magnify(sign);
    else this.move(arrow[0] * STEP, arrow[1] * STEP);
  }

  /** The nearest number under the finger leads to its row, or to the page the row links to. */
  open(x, y) {
    const distances = this.points.map((point) => ({ point, away: Math.hypot(point.left - x, point.top - y) }));
    const nearest = distances.reduce((one, other) => (other.away < one.away ? other : one));
    if (nearest.away > NEAR) return;
    const { row } = nearest.point;
    const link = row.querySelector("td a[href^='/']");
    if (link) link.click();
    else row.scrollIntoView({ block: "center" });
  }

  draw() {
    for (const point of this.points) {
      const { x, y } = tileOf(point.place, this.zoom);
      [point.left, point.top] = [Math.round((x - this.at.x) * TILE), Math.round((y - this.at.y) * TILE)];
      point.mark.style.transform = `translate(${point.left}px, ${point.top}px)`;
    }
    const shown = new Map();
    for (const { column, row, left, top } of tilesAround(this.at, this.zoom)) {
      const url = this.box.dataset.tileUrl.replace(/\{([xyz])\}/g, (_match, name) => ({ x: column, y: row, z: this.zoom })[name]);
      const picture = this.pictures.get(url) ?? made("img", "map__tile", { alt: "", draggable: "false", referrerpolicy: "no-referrer" });
      picture.style.transform = `translate(${Math.round(left * TILE)}px, ${Math.round(top * TILE)}px)`;
      if (!picture.src) picture.src = url;
      shown.set(url, picture);
    }
    for (const [url, picture] of this.pictures) if (!shown.has(url)) picture.remove();
    this.view.prepend(...[...shown.values()].filter((picture) => !picture.isConnected));
    this.pictures = shown;
  }
}

function made(tag, name, attributes = {}) {
  const element = document.createElement(tag);
  element.className = name;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

attachTo("[data-report-map]", (box) => new ReportMap(box));
