/**
 * A codec says how one kind of value is written in a flag, an annotation or a settings file.
 *
 * The law every codec keeps, checked by properties in `test/flags/codec.test.ts`: for each value of the codec,
 * `parse(format(value))` gives the value back; so what the injector renders is what the runtime reads.
 */
export interface Codec<T> {
  /** The word that help and docs put where the value goes: `PORT`, `DURATION`. */
  readonly placeholder: string;
  /** What is right, for help, docs and error texts: "a port, 1 to 65535". */
  readonly expects: string;
  /** What a shell can complete: one of these words, or a file or directory of the machine it runs on. */
  readonly completes?: Completes;
  // Methods, not function properties: a table holds codecs of many types side by side.
  parse(text: string): Parsed<T>;
  format(value: T): string;
}

export type Completes = readonly string[] | 'file' | 'directory';

/** `problem` completes the sentence "NAME: …" and says what would be right. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** The refusal of `text` where a codec expects something else. Long or unprintable text is shortened and escaped. */
export function refused(text: string, expects: string, hint = ''): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: `${quote(text)} is not ${expects}${hint}` };
}

/** Text as it may stand in an error message: JSON escapes for what is not printable, at most 60 characters. */
export function quote(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u2028\u2029\ud800-\udfff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Narrows a codec by a further condition on its values. */
export function where<T>(codec: Codec<T>, expects: string, holds: (value: T) => boolean): Codec<T> {
  return {
    ...codec,
    expects,
    parse(text) {
      const result = codec.parse(text);
      return !result.ok || holds(result.value) ? result : refused(text, expects);
    },
    format: (value) => codec.format(value),
  };
}
