import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { fstatSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findOwnSocket, kernelDrops, parseUdpSockets } from '../../../../src/statsd/receive/udp/proc-net-udp.ts';
import { descriptorOf } from '../../../../src/statsd/receive/udp/udp-receiving.ts';

const linux = process.platform === 'linux';

test('the table of the kernel', () => {
  const text = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  512: 00000000:23A5 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 41153 2 0000000000000000 17
  513: 0100007F:A0B1 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 9 2 0000000000000000 0
broken
`;
  expect(parseUdpSockets(text)).toEqual([
    { inode: '41153', port: 9125, drops: 17 },
    { inode: '9', port: 41137, drops: 0 },
  ]);
  expect(parseUdpSockets('')).toEqual([]);
});

test.runIf(linux).each(['udp4', 'udp6'] as const)('the descriptor of a %s socket of ours', async (family) => {
  const socket = createSocket(family).bind(0);
  await once(socket, 'listening');
  const own = findOwnSocket(family, socket.address().port)!;
  expect(fstatSync(own.descriptor).isSocket()).toBe(true);
  expect(String(fstatSync(own.descriptor).ino)).toBe(own.inode);
  expect(await kernelDrops([own])).toEqual([0]);
  socket.close();
});

test('where there is no /proc there is no descriptor', async () => {
  expect(findOwnSocket('udp4', 9125, undefined, '/nowhere')).toBeUndefined();
  expect(await kernelDrops([{ descriptor: 0, inode: '1', table: '/nowhere' }])).toEqual([undefined]);
});

test.runIf(linux)('two sockets of ours on one port are told apart by their descriptors alone', async () => {
  const first = createSocket({ type: 'udp4', reusePort: true }).bind(0, '127.0.0.1');
  await once(first, 'listening');
  const { port } = first.address();
  const second = createSocket({ type: 'udp4', reusePort: true }).bind(port, '127.0.0.1');
  await once(second, 'listening');
  expect(findOwnSocket('udp4', port)).toBeUndefined();
  const [one, two] = [first, second].map((socket) => findOwnSocket('udp4', port, descriptorOf(socket))!);
  expect(one!.inode).not.toBe(two!.inode);
  expect(await kernelDrops([one!, two!])).toEqual([0, 0]);
  expect(findOwnSocket('udp4', port, 0)).toBeUndefined();
  first.close();
  second.close();
});
