import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressIn, socketIn } from '../../../src/inject/plan/address.ts';

test.each([
  ['127.0.0.1:9125', 'any', '127.0.0.1', '9125'],
  ['statsd.monitoring.svc', 'any', 'statsd.monitoring.svc', undefined],
  [':8125', 'any', '', '8125'],
  ['', 'any', '', undefined],
  [' 10.0.0.9:8125 ', 'any', '10.0.0.9', '8125'],
  ['udp://10.0.0.9:8125', 'udp', '10.0.0.9', '8125'],
  ['UDP://10.0.0.9', 'udp', '10.0.0.9', undefined],
  ['tcp://statsd:9125/', 'tcp', 'statsd', '9125'],
  ['http://127.0.0.1:4888/v1/ingest?a=b:c', 'tcp', '127.0.0.1', '4888'],
  ['http://push.example.test/v1/ingest', 'tcp', 'push.example.test', '80'],
  ['https://user:secret@push.example.test/', 'tcp', 'push.example.test', '443'],
  ['[::1]:9125', 'any', '::1', '9125'],
  ['udp://[2001:db8::7]', 'udp', '2001:db8::7', undefined],
  ['2001:db8::7', 'any', '2001:db8::7', undefined],
  ['constructor://a:1', 'any', 'a', '1'],
  ['$(HOST_IP):8125', 'any', '$(HOST_IP)', '8125'],
])('address %s', (text, transport, host, port) => {
  expect(addressIn(text)).toEqual({ transport, host, port });
});

test.each([
  ['unix:///var/run/datadog/dsd.socket', '/var/run/datadog/dsd.socket'],
  ['unixgram:///run/s.sock', '/run/s.sock'],
  ['unix:/run/s.sock', '/run/s.sock'],
  ['/run/s.sock', '/run/s.sock'],
  ['udp://10.0.0.9:8125', undefined],
  ['10.0.0.9:8125', undefined],
  ['', undefined],
])('socket %s', (text, path) => {
  expect(socketIn(text)).toBe(path);
});

test('every host and port comes back', () => {
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.constant('localhost'));
  fc.assert(
    fc.property(fc.constantFrom('', 'udp://', 'tcp://'), host, fc.nat(65_535), (scheme, name, port) => {
      expect(addressIn(`${scheme}${name}:${port}`)).toMatchObject({ host: name, port: String(port) });
    }),
  );
});
