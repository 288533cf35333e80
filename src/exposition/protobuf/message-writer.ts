const firstBytes = 4096;
const varint = 0;
const fixed64 = 1;
const delimited = 2;
const long = 1000;
/** Longest varint of 64 bits. */
const varintBytes = 10;

/**
 * Writes messages of protocol buffers into a growing buffer (https://protobuf.dev/programming-guides/encoding/). The
 * caller knows the numbers of the fields; all are below 16, so that a tag is one byte.
 */
export class MessageWriter {
  bytes: Buffer;
  at = 0;

  /** @param reuse a buffer without readers. */
  constructor(reuse?: Buffer) {
    this.bytes = reuse ?? Buffer.allocUnsafeSlow(firstBytes);
  }

  /** Begins a message outside of others, after its length; see `end`. */
  open(): number {
    this.#room(1);
    return ++this.at;
  }

  /** Begins a message in a field. */
  begin(field: number): number {
    this.#tag(field, delimited);
    return this.open();
  }

  /** Ends the message that begins at `start`, the result of `open` or `begin`: writes its length before it. */
  end(start: number): void {
    const length = this.at - start;
    if (length < 128) {
      this.bytes[start - 1] = length;
      return;
    }
    let more = 0;
    for (let rest = length; rest >= 128; rest = Math.floor(rest / 128)) more++;
    this.#room(more);
    this.bytes.copyWithin(start + more, start, this.at);
    this.at = start - 1;
    this.#varint(length);
    this.at += length;
  }

  /** Writes a field with any value: an absent one would not be 0. */
  double(field: number, value: number): void {
    this.#tag(field, fixed64);
    this.at = this.bytes.writeDoubleLE(value, this.at);
  }

  /** @param value whole, 0 <= value < 2^64. */
  unsigned(field: number, value: number): void {
    this.#tag(field, varint);
    this.#varint(value);
  }

  /** An `int64`. @param value whole, |value| <= 2^53. */
  signed(field: number, value: number): void {
    this.#tag(field, varint);
    if (value >= 0) {
      this.#varint(value);
      return;
    }
    for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
      const more = rest >= 128n;
      this.bytes[this.at++] = Number(rest & 127n) | (more ? 128 : 0);
      if (!more) return;
    }
  }

  /** A `sint32` or `sint64`. @param value whole, |value| <= 2^52. */
  zigzag(field: number, value: number): void {
    this.#tag(field, varint);
    this.#varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** A lone surrogate becomes U+FFFD, since it has no UTF-8. */
  text(field: number, value: string): void {
    const length = Buffer.byteLength(value);
    this.#tag(field, delimited);
    this.#varint(length);
    this.#room(length);
    this.at += this.bytes.write(value, this.at);
  }

  /** Copies fields that are encoded already. */
  raw(source: Uint8Array, from: number, to: number): void {
    this.#room(to - from);
    const target = this.bytes;
    // For the some 100 bytes of a label set a loop beats `set`: it needs no call into C++ and no view.
    if (to - from > long) {
      target.set(source.subarray(from, to), this.at);
      this.at += to - from;
      return;
    }
    let { at } = this;
    for (let i = from; i < to; i++) target[at++] = source[i]!;
    this.at = at;
  }

  #tag(field: number, wireType: number): void {
    this.#room(1 + varintBytes);
    this.bytes[this.at++] = field * 8 + wireType;
  }

  /** `#tag` made room for it. Whole doubles beyond 2^53 are divided by 128 without a loss. */
  #varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.at++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.at++] = rest;
  }

  #room(size: number): void {
    if (this.at + size <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.at + size, Math.ceil(this.bytes.length * 1.5)));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
  }
}
