import { gzipSync, zstdCompressSync } from 'node:zlib';

/** A push that somebody sends to do harm, and the answers that are right. */
export interface HostilePush {
  readonly body: Buffer;
  readonly encoding?: 'gzip' | 'zstd' | 'deflate';
  readonly statuses: readonly number[];
}

const mib = 2 ** 20;
/** What a default sidecar takes, before and after decompression. */
const limit = mib;

const zipped = (text: string, ...statuses: number[]): HostilePush => ({
  body: gzipSync(text),
  encoding: 'gzip',
  statuses,
});
const plain = (text: string, ...statuses: number[]): HostilePush => ({ body: Buffer.from(text), statuses });
const rows = (count: number, row: (i: number) => string) => Array.from({ length: count }, (_, i) => row(i)).join();
const family = (values: string, head = '"name":"hostile","type":"gauge"') => `[{${head},"values":[${values}]}]`;
const padded = (text: string) => text.slice(0, limit - 100);
const label = (i: number) => `"${i.toString(36)}x":"v"`;

/** Up to the limit each kind of text that is small on the wire and large, or slow, once it is read. */
export const hostilePushes: Readonly<Record<string, HostilePush>> = {
  '8 MiB of [ as some bytes of gzip': zipped('['.repeat(8 * mib), 413),
  'an object that 8 MiB of {}, follow': zipped(`[${'{},'.repeat(2.7e6)}{}]`, 413),
  'a row of 600,000 labels': zipped(family(`{"value":1,"labels":{${rows(600_000, label)}}}`), 413),
  '600,000 rows': zipped(family(rows(600_000, () => '{"value":1}')), 413),
  '1 GiB of zeros': { body: gzipSync(Buffer.alloc(256 * mib)), encoding: 'gzip', statuses: [413] },
  '[ up to the limit': zipped(padded('['.repeat(limit)), 400),
  '[] beside each other': zipped(`[${'[],'.repeat(limit / 3 - 100)}[]]`, 422),
  '{} beside each other': zipped(`[${'{},'.repeat(limit / 3 - 100)}{}]`, 422),
  '{"a": inside each other': zipped(padded('{"a":'.repeat(limit)), 400),
  'a row of 45,000 labels': zipped(family(`{"value":1,"labels":{${rows(45_000, label)}}}`), 400),
  'a row of 140,000 labels': zipped(family(`{"value":1,"labels":{${rows(140_000, label)}}}`), 413, 422),
  'rows of 1,000 labels': zipped(family(rows(45, () => `{"value":1,"labels":{${rows(1000, label)}}}`)), 400),
  'one number many times': zipped(`[${'1,'.repeat(limit / 2 - 100)}1]`, 422),
  '9,000 families': zipped(`[${rows(9_000, (i) => `{"name":"f${i}","type":"gauge","values":[{"value":1}]}`)}]`, 422),
  '10,000 families without rows': zipped(
    `[${rows(10_000, (i) => `{"name":"f${i}","type":"gauge","values":[]}`)}]`,
    200,
  ),
  '8,000 series in one family': zipped(family(rows(8_000, (i) => `{"labels":{"i":"${i}"},"value":1}`)), ...[200, 422]),
  'a histogram of 8,000 bounds': zipped(
    family(
      `${rows(8_000, (i) => `{"name":"h_bucket","labels":{"le":"${i}"},"value":1}`)},{"name":"h_count","value":1},{"name":"h_sum","value":1}`,
      '"name":"h","type":"histogram"',
    ),
    ...[200, 400, 422],
  ),
  'a name of the whole body': zipped(
    `[{"name":"${'n'.repeat(limit - 200)}","type":"gauge","values":[{"value":1}]}]`,
    400,
  ),
  'a help of the whole body': zipped(
    `[{"name":"helped","type":"gauge","help":"${'h'.repeat(limit - 200)}","values":[{"value":1}]}]`,
    200,
  ),
  'a label value of the whole body': zipped(family(`{"value":1,"labels":{"a":"${'v'.repeat(limit - 200)}"}}`), 400),
  '100,000 values, two rows of three fields': zipped(family(rows(30_000, () => '{"value":1}')), 422),
  'quotes and backslashes': zipped(padded(`["${'\\"'.repeat(limit / 2)}`), 400),
  'quotes that do not end': zipped(padded('"\\'.repeat(limit / 2)), 400),
  'bare words of Python': zipped(padded(`[${'NaN,'.repeat(45_000)}`), 400),
  'a million digits': zipped(family(`{"value":${'1'.repeat(limit - 200)}}`), 200, 400),
  'digits in le': plain(
    family(`{"name":"h_bucket","value":1,"labels":{"le":"${'1'.repeat(60_000)}x"}}`, '"name":"h","type":"histogram"'),
    400,
  ),
  'letters beyond ASCII': zipped(family(`{"value":1,"labels":{"a":"${'ÿ'.repeat(limit / 2 - 200)}"}}`), 400),
  'gzip upon nothing, member by member': {
    body: Buffer.concat(Array.from({ length: 40_000 }, () => gzipSync(''))),
    encoding: 'gzip',
    statuses: [400],
  },
  'zstd of 8 MiB': { body: zstdCompressSync('['.repeat(8 * mib)), encoding: 'zstd', statuses: [413] },
  'a frame of zstd that asks for 128 MiB': {
    // Magic, no checksum, window descriptor of 2^27, then an unfinished block.
    body: Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x03, 0x00, 0x10, 0x5b]),
    encoding: 'zstd',
    statuses: [400],
  },
  'an identity body over the limit': plain('['.repeat(2 * mib), 413),
};
