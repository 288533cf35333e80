const prefix = 'tag:yaml.org,2002:';

/** The name of one of YAML's own tags: `str` for `!!str`; undefined for other tags and for none. */
export function coreTag(tag: string | undefined): string | undefined {
  return tag?.startsWith(prefix) ? tag.slice(prefix.length) : undefined;
}
