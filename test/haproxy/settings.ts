import fc from 'fast-check';
import { haproxyFlags } from '../../src/contract/haproxy.ts';
import { defaults } from '../../src/flags/flag.ts';
import { parseFlags } from '../../src/flags/parse-flags.ts';
import type { HaproxySettings } from '../../src/haproxy/config.ts';

/** The settings of a command line that is right. */
export function settingsOf(args: readonly string[]): HaproxySettings {
  const parsed = parseFlags(haproxyFlags, args);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.settings;
}

const port = fc.integer({ min: 1, max: 65535 });
const span = fc.integer({ min: 1, max: 86_400_000 });
const segment = fc.stringMatching(/^(:[a-z][a-z0-9_]{0,8}|[A-Za-z0-9._~-]{1,8})$/);
const route = fc.oneof(
  fc.constant('/'),
  fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => `/${segments.join('/')}`),
);
const hostLabel = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9-]{0,12}[A-Za-z0-9])?$/);
const hostName = fc
  .array(hostLabel, { minLength: 1, maxLength: 4 })
  .map((labels) => labels.join('.'))
  .filter((host) => !/(^|\.)\d+$/.test(host));
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
const upstream = fc.oneof(
  fc.record({ name, tls: fc.boolean(), host: hostName, port }),
  fc.record({ name, tls: fc.constant(false), host: fc.ipV4(), port }),
);

/**
 * Every settings that the codecs let through, as far as one machine can check them: HAProxy 3 warns of more threads
 * than CPUs.
 */
export const anySettings: fc.Arbitrary<HaproxySettings> = fc.record({
  appPort: port,
  listenPort: port,
  exporterPort: port,
  configFile: fc.constant(haproxyFlags.configFile.default),
  routes: fc.array(route, { maxLength: 8 }),
  upstreams: fc.uniqueArray(upstream, { selector: ({ name }) => name, maxLength: 4 }),
  maxconn: fc.integer({ min: 1, max: 1_000_000 }),
  threads: fc.integer({ min: 1, max: 2 }),
  timeoutConnect: span,
  timeoutClient: span,
  timeoutServer: span,
  timeoutTunnel: span,
  grace: fc.integer({ min: 0, max: 86_400_000 }),
  hardStopAfter: span,
  forwardedFor: fc.boolean(),
  accessLog: fc.boolean(),
});

/** Text made to break out of a configuration: the marks of HAProxy's own syntax around and inside what is right. */
const hostilePiece = fc.oneof(
  segment,
  fc.constantFrom(
    '/',
    ':',
    '\n',
    '\r',
    ' ',
    '\t',
    '"',
    "'",
    '\\',
    '#',
    '$HOME',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '^',
    '$',
  ),
  fc.constantFrom(
    '\nglobal\n',
    ' if TRUE ',
    '%[env(HOME)]',
    '$' + '{PATH}',
    '\u2028',
    '\u0000',
    ',',
    '=',
    'a=http://b:1',
  ),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const hostileText = fc.array(hostilePiece, { maxLength: 8 }).map((pieces) => pieces.join(''));

/** Settings made from texts that try to break out, where a codec let one through. */
export const hostileSettings: fc.Arbitrary<HaproxySettings> = fc
  .record({ route: hostileText, host: hostileText, name: hostileText })
  .map((texts) => {
    const routes = haproxyFlags.routes.codec.parse(`/${texts.route}`);
    const upstreams = haproxyFlags.upstreams.codec.parse(`${texts.name}=https://${texts.host}`);
    return {
      ...defaults(haproxyFlags),
      routes: routes.ok ? routes.value : [],
      upstreams: upstreams.ok ? upstreams.value : [],
    };
  });
