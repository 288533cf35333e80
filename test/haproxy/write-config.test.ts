import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runHaproxyConfig } from '../../src/cli/commands/haproxy-config-command.ts';
import { configText, hasIpv6, writeConfig } from '../../src/haproxy/write-config.ts';
import { printed } from '../cli/printed.ts';
import { settingsOf } from './settings.ts';

let directory: string;
const file = (name = 'haproxy.cfg') => join(directory, name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'haproxy-config-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('writeConfig', () => {
  test('writes the whole configuration, readable for every user, whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      expect(await writeConfig(file(), 'server http 127.0.0.1:8080\n')).toEqual({ ok: true });
    } finally {
      process.umask(before);
    }
    expect(statSync(file()).mode & 0o777).toBe(0o644);
    expect(readFileSync(file(), 'utf8')).toBe('server http 127.0.0.1:8080\n');
  });

  test('puts a new configuration in place of the old one and leaves nothing else', async () => {
    writeFileSync(file(), 'old');
    expect(await writeConfig(file(), 'server http 127.0.0.1:8080\n')).toEqual({ ok: true });
    expect(readFileSync(file(), 'utf8')).not.toContain('old');
    expect(readdirSync(directory)).toEqual(['haproxy.cfg']);
  });

  test('says what the file system said, and leaves nothing behind', async () => {
    mkdirSync(file());
    const written = await writeConfig(file(), 'server http 127.0.0.1:8080\n');
    expect(written).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/^cannot write .*haproxy\.cfg: is a directory$/),
    });
    expect(readdirSync(directory)).toEqual(['haproxy.cfg']);
  });

  test('makes the folders that are missing', async () => {
    expect(await writeConfig(file('a/b/haproxy.cfg'), 'x')).toEqual({ ok: true });
    expect(readFileSync(file('a/b/haproxy.cfg'), 'utf8')).toBe('x');
  });
});

test('refuses two listeners on one port', () => {
  expect(configText(settingsOf(['--haproxy.listen-port=8080']))).toEqual({
    ok: false,
    problem: '--haproxy.app-port and --haproxy.listen-port are both on port 8080',
  });
});

test('- prints the configuration, and makes no file', async () => {
  const { code, out, err } = await printed(runHaproxyConfig, '--haproxy.config-file=-');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('    server http 127.0.0.1:8080\n');
  expect(existsSync('-')).toBe(false);
});

describe('an IPv6 listener only where others reach the pod by IPv6', () => {
  const at = (family: 'IPv4' | 'IPv6', address: string, internal = false) => {
    const rest = { netmask: '', mac: '', internal, cidr: null, address };
    return family === 'IPv4' ? { family, ...rest } : { family, scopeid: 0, ...rest };
  };

  test.each([
    ['IPv4 alone', { lo: [at('IPv4', '127.0.0.1', true)], eth0: [at('IPv4', '10.0.0.2')] }, false],
    ['loopback and link-local', { lo: [at('IPv6', '::1', true)], eth0: [at('IPv6', 'fe80::1')] }, false],
    ['dual stack', { eth0: [at('IPv4', '10.0.0.2'), at('IPv6', 'fd00::2')] }, true],
    ['no interface', {}, false],
  ])('%s', (_, interfaces, expected) => {
    expect(hasIpv6(interfaces)).toBe(expected);
  });
});
