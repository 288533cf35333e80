const CHARACTERS = 300;

/** A text as it is shown: lines and mappings come from anybody, and one may be a megabyte. */
export function shorten(text: string, characters = CHARACTERS): string {
  return text.length > characters ? `${text.slice(0, characters).toWellFormed()}…` : text;
}
