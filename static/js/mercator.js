/**
 * Where a place stands on the square map of the web (EPSG:3857), counted in tiles: the world is 2^zoom wide.
 * No DOM.
 */
const MOST_LATITUDE = 85.05;

/** {x, y} in tiles from the north-west corner of the world. */
export function tileOf({ latitude, longitude }, zoom) {
  const north = (Math.min(MOST_LATITUDE, Math.max(-MOST_LATITUDE, latitude)) * Math.PI) / 180;
  const size = 2 ** zoom;
  return {
    x: ((longitude + 180) / 360) * size,
    y: ((1 - Math.asinh(Math.tan(north)) / Math.PI) / 2) * size,
  };
}

/** The place at {x, y}; round the world in the east and west, no further than the map in the north and south. */
export function placeAt({ x, y }, zoom) {
  const size = 2 ** zoom;
  const across = ((x % size) + size) % size;
  const down = Math.min(size, Math.max(0, y));
  return {
    latitude: (Math.atan(Math.sinh(Math.PI * (1 - (2 * down) / size))) * 180) / Math.PI,
    longitude: (across / size) * 360 - 180,
  };
}

/** The nine tiles around {x, y}: {column, row} as a tile server counts them, {left, top} from the point in tiles. */
export function tilesAround({ x, y }, zoom) {
  const size = 2 ** zoom;
  const tiles = [];
  for (const down of [-1, 0, 1]) {
    for (const across of [-1, 0, 1]) {
      const [column, row] = [Math.floor(x) + across, Math.floor(y) + down];
      if (row < 0 || row >= size) continue;
      tiles.push({ column: ((column % size) + size) % size, row, left: column - x, top: row - y });
    }
  }
  return tiles;
}
