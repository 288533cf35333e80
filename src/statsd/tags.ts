import { escapeName } from './escape.ts';

/**
 * Reads the inside of a DogStatsD `|#` section into `labels`; of several tags with the same escaped key the last wins.
 * A `#` before a tag is dropped (the PHP client writes one before each). A trailing comma is no error.
 *
 * @returns how many tags were malformed: empty, without a colon, without a key or without a value.
 */
export function readDogstatsdTags(section: string, labels: Map<string, string>): number {
  let errors = 0;
  const tags = section.split(',');
  if (tags[tags.length - 1] === '') tags.pop();
  for (const tag of tags) {
    const start = tag.startsWith('#') ? 1 : 0;
    const colon = tag.indexOf(':');
    if (colon > start && colon < tag.length - 1) labels.set(escapeName(tag.slice(start, colon)), tag.slice(colon + 1));
    else errors++;
  }
  return errors;
}
