/**
 * How large a file is, as people read it: 900 B, 12 kB, 3.4 MB. A thousand and twenty-four to each step, as the
 * limits of the server count.
 */
export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} kB`;
  return `${(bytes / (1024 * 1024)).toFixed(1)} MB`;
}
