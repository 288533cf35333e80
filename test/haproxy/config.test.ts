import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { haproxyFlags } from '../../src/contract/haproxy.ts';
import { haproxyConfig, portClash } from '../../src/haproxy/config.ts';
import { anySettings, hostileSettings, settingsOf } from './settings.ts';

const goldens = join(import.meta.dirname, '../golden/haproxy');

/** A golden: the command line, a flag a line and `ipv6` where the pod has it, then `->`, then the configuration. */
describe('goldens', () => {
  test.each(readdirSync(goldens).filter((name) => name.endsWith('.txt')))('%s', (name) => {
    const [head, expected] = readFileSync(join(goldens, name), 'utf8').split('\n->\n');
    const args = head!.split('\n').filter((line) => line.startsWith('--'));
    expect(haproxyConfig(settingsOf(args), { ipv6: /^ipv6$/m.test(head!) })).toBe(expected);
  });
});

const sectionHeads = [
  /^global$/,
  /^resolvers pod$/,
  /^defaults$/,
  /^frontend (inbound|metrics)$/,
  /^backend (app|route[A-Za-z0-9_.:-]+)$/,
  /^listen upstream:[a-z][a-z0-9-]*$/,
];

const host = '[A-Za-z0-9.-]+';
/** Every line that may stand in a section, whole: a value that broke out would make another one. */
const lines = [
  /^maxconn \d+$/,
  /^no strict-limits$/,
  /^nbthread \d+$/,
  /^(grace|hard-stop-after) \d+ms$/,
  /^parse-resolv-conf$/,
  /^accepted_payload_size \d+$/,
  /^mode http$/,
  /^option (http-ignore-probes|dontlognull|forwardfor)$/,
  /^retries 1$/,
  /^timeout [a-z-]+ \d+m?s$/,
  /^bind (127\.0\.0\.1)?:\d+$/,
  /^bind :::\d+ v4v6$/,
  /^log stdout format raw local0 info$/,
  /^log-format '[^']+'$/,
  /^http-request set-header X-Request-ID %\[uuid\(\)\] unless \{ req\.hdr\(X-Request-ID\) -m found \}$/,
  new RegExp(`^http-request set-header Host ${host}(:\\d+)?$`),
  /^http-request set-var\(txn\.[a-z_]+\) (req\.hdr\(X-Request-ID\)|method|path)$/,
  /^use_backend route[A-Za-z0-9_.:-]+ if \{ path_reg \^[A-Za-z0-9_.~/[\]^+-]+\??\$ \}$/,
  /^default_backend app$/,
  /^use-server (h2 if|http unless) \{ req\.ver 2 2\.0 \}$/,
  new RegExp(
    `^server (http|h2) ${host}:\\d+( resolvers pod resolve-prefer ipv4 resolve-opts allow-dup-ip init-addr none)?` +
      `( ssl verify required ca-file @system-ca sni str\\(${host}\\) verifyhost ${host} alpn (h2|http/1\\.1)| proto h2)?$`,
  ),
  /^monitor-uri \/healthz$/,
  /^monitor fail if \{ stopping \}$/,
  /^http-request use-service prometheus-exporter if \{ path \/metrics \}$/,
  /^http-request return status 404$/,
];

function strayLines(config: string): string[] {
  return config.split('\n').filter((line) => {
    if (line === '' || line.startsWith('# Written by metrics-sidecar')) return false;
    const known = line.startsWith('    ') ? lines : sectionHeads;
    return !known.some((pattern) => pattern.test(line.replace(/^ {4}/, '')));
  });
}

describe('no value breaks out of the configuration', () => {
  test('all that the codecs let through gives known lines alone', () => {
    fc.assert(
      fc.property(anySettings, fc.boolean(), (settings, ipv6) => {
        expect(strayLines(haproxyConfig(settings, { ipv6 }))).toEqual([]);
      }),
    );
  });

  test('texts made to break out are refused by the codec or harmless', () => {
    fc.assert(
      fc.property(hostileSettings, (settings) => {
        expect(strayLines(haproxyConfig(settings, { ipv6: false }))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('the check sees a line that does not belong', () => {
    const settings = { ...settingsOf([]), routes: ['/a\n    lua-load /tmp/x'] };
    expect(strayLines(haproxyConfig(settings, { ipv6: false }))).not.toEqual([]);
  });
});

test('sections have names of their own', () => {
  fc.assert(
    fc.property(anySettings, (settings) => {
      const heads = haproxyConfig(settings, { ipv6: false })
        .split('\n')
        .filter((line) => /^[a-z]/.test(line));
      expect(new Set(heads).size).toBe(heads.length);
    }),
  );
});

test.each<[string, string[], string | undefined]>([
  ['the defaults', [], undefined],
  [
    'application and proxy',
    ['--haproxy.app-port=18000'],
    '--haproxy.app-port and --haproxy.listen-port are both on port 18000',
  ],
  [
    'proxy and metrics page',
    ['--haproxy.exporter-port=18000'],
    '--haproxy.listen-port and --haproxy.exporter-port are both on port 18000',
  ],
  [
    'application and an upstream',
    ['--haproxy.app-port=19002', '--haproxy.upstreams=a=http://a,b=http://b'],
    '--haproxy.app-port and upstream b are both on port 19002',
  ],
])('two listeners on one port: %s', (_, args, problem) => {
  expect(portClash(settingsOf(args))).toBe(problem);
});

describe('what HAProxy would not start with is refused where it is typed', () => {
  test.each([
    ['upstreams', 'a=http://b..c'],
    ['upstreams', 'a=http://b.'],
    ['upstreams', 'a=http://-b'],
    ['upstreams', `a=http://${'b'.repeat(64)}`],
    ['upstreams', `a=http://${'b.'.repeat(127)}b`],
    ['upstreams', 'a=http://b c'],
    ['upstreams', 'a=http://b,a=http://c'],
    ['upstreams', 'a=ftp://b'],
    ['upstreams', 'a=https://10.0.0.1'],
    ['upstreams', 'a=http://999.0.0.1'],
    ['upstreams', 'a=http://b:0'],
    ['upstreams', 'a=http://user@b'],
    ['routes', '/a b'],
    ['routes', '/a"b'],
    ['routes', '/(a|b)*'],
    ['routes', 'a'],
    ['routes', '/a//b'],
    ['timeoutConnect', '0s'],
    ['timeoutServer', '25h'],
    ['hardStopAfter', '0s'],
    ['grace', '600h'],
  ] as const)('%s %j', (key, text) => {
    expect(haproxyFlags[key].codec.parse(text)).toMatchObject({ ok: false });
  });
});
