/**
 * Why a file would not be taken, said before it is sent; "" when it may go. The server looks into it itself.
 */
import { sizeOf } from "./file-size.js";
import { text } from "./texts.js";

export function problemOf(file, { room, most, bytes, accept }) {
  if (room <= 0) return text("filesTooMany", { most });
  if (file.size === 0) return text("fileEmpty");
  if (file.size > Number(bytes)) return text("fileTooLarge", { most: sizeOf(Number(bytes)) });
  const kinds = accept.split(",").filter(Boolean);
  const fits = kinds.some((kind) => (kind.endsWith("/*") ? file.type.startsWith(kind.slice(0, -1)) : file.type === kind));
  // some browsers know no type for some files
  return file.type && kinds.length && !fits ? text("fileWrongKind") : "";
}
