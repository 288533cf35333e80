/** Each escape of a text between double quotes. */
const escapes = /\\(?:[xuU][\da-fA-F]*|[\s\S])/g;

/**
 * The offset of the first escape of a text between double quotes that YAML knows and go-yaml v2 does not: `\/`, and the
 * halves of a surrogate pair (`\ud83d\ude00`), which JSON writes.
 */
export function unknownEscape(source: string): number | undefined {
  for (const { 0: text, index } of source.matchAll(escapes)) {
    if (text === '\\/' || /^\\(?:u|U0000)[dD][89a-fA-F]/.test(text)) return index;
  }
  return undefined;
}

/** The same text without `\'`, which go-yaml v2 reads as `'` and YAML does not know. */
export function withoutEscapedApostrophes(source: string): string {
  return source.replace(escapes, (text) => (text === "\\'" ? "'" : text));
}
