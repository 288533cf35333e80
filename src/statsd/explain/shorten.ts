const mostCharacters = 300;

/** Cuts a text for display: lines and mappings are input of strangers, and one may be a megabyte. */
export function shorten(text: string, characters = mostCharacters): string {
  return text.length > characters ? `${text.slice(0, characters).toWellFormed()}…` : text;
}
