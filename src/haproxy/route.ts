/** A path template as HAProxy knows it. */
export interface Route {
  /** Name of its backend, and so the `proxy` label of its metrics. */
  readonly backend: string;
  /** Extended regular expression for `path_reg`, of characters that need no quotes in HAProxy's configuration. */
  readonly pattern: string;
}

/**
 * Routes of path templates such as `/api/users/:id`, in their order. A template that repeats an earlier one could never
 * be reached and is left out.
 */
export function haproxyRoutes(templates: readonly string[]): readonly Route[] {
  const taken = new Set<string>();
  return [...new Set(templates)].map((template) => {
    const backend = free(backendName(template), taken);
    taken.add(backend);
    return { backend, pattern: pattern(template) };
  });
}

/**
 * `/api/users/:id` is `route:api:users::id`: a backend's name may hold letters, digits and `-_.:` only (HAProxy's
 * manual, 2.2 "Quoting and escaping" and the proxy sections). The prefix keeps it apart from the other sections' names.
 */
function backendName(template: string): string {
  return `route${template.replaceAll('/', ':').replaceAll('~', '_')}`;
}

/** Only a `~` can make two templates one name; `:::` stands in no name that a template gives. */
function free(name: string, taken: ReadonlySet<string>): string {
  let candidate = name;
  for (let n = 2; taken.has(candidate); n++) candidate = `${name}:::${n}`;
  return candidate;
}

/** A class for the dot rather than a backslash, which HAProxy's own reader would take first. */
function pattern(template: string): string {
  if (template === '/') return '^/$';
  const segments = template.split('/').slice(1);
  return `^${segments.map((segment) => `/${segment.startsWith(':') ? '[^/]+' : segment.replaceAll('.', '[.]')}`).join('')}/?$`;
}
