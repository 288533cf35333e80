import { EventEmitter } from 'node:events';
import type { Server } from 'node:https';
import { expect, test } from 'vitest';
import { makeRoomIn } from '../../src/webhook/make-room.ts';

function watched() {
  const server = new EventEmitter();
  const looks = { count: 0 };
  makeRoomIn(server as Server, 2 ** 26, () => void looks.count++);
  const request = (headers: Readonly<Record<string, string>>) => void server.emit('request', { headers });
  return { looks, request, connect: () => void server.emit('secureConnection') };
}

test('one look for eight connections', () => {
  const { looks, connect } = watched();
  for (let i = 0; i < 17; i++) connect();
  expect(looks.count).toBe(2);
});

test('one look for a MiB of bodies, however they come', () => {
  const { looks, request } = watched();
  for (let i = 0; i < 255; i++) request({ 'content-length': '4096' });
  expect(looks.count).toBe(0);
  request({ 'content-length': '4096' });
  expect(looks.count).toBe(1);
  for (let i = 0; i < 16; i++) request({ 'transfer-encoding': 'chunked' });
  request({ 'content-length': '3000000' });
  request({ 'content-length': 'x' });
  expect(looks.count).toBe(3);
});

test.each([undefined, Number.POSITIVE_INFINITY])('without a limit (%s) nothing is done', (limit) => {
  const server = new EventEmitter();
  makeRoomIn(server as Server, limit);
  for (let i = 0; i < 100; i++) server.emit('secureConnection');
});
