import fc from 'fast-check';

/** A value as it is sent, and what it is. */
export interface Value {
  readonly text: string;
  readonly kind: 'number' | 'not finite' | 'no number';
}

/** What stands behind a type, and what it is. */
export interface Section {
  readonly text: string;
  readonly kind: 'factor' | 'weight' | 'bad factor' | 'no weight' | 'tags' | 'container' | 'silent' | 'other';
}

export interface Sample {
  readonly values: readonly Value[];
  readonly type: string;
  readonly sections: readonly Section[];
}

/** A line in parts; its name is without the prefix of its pair. */
export interface Line {
  readonly name: string;
  /** Marks before and behind the tags in a name, and the tags. */
  readonly nameTags: { readonly open: ',' | '#' | '['; readonly tags: string; readonly wrong: boolean } | undefined;
  readonly samples: readonly Sample[];
}

/** A line that was written and then changed at a place or two. */
export interface Changed {
  readonly line: Line;
  readonly changes: readonly { readonly at: number; readonly mark: string; readonly removed: number }[];
}

/** Few, so that names and rules meet. */
export const segments = ['a', 'a', 'a', 'b', 'b', 'd-e', '0'];
const oddSegments = ['é', '', 'x y', '😱', '*x', 'h--i', 'f_g'];
const values = (kind: Value['kind'], ...texts: readonly string[]) =>
  fc.constantFrom(...texts).map((text): Value => ({ text, kind }));
const numbers = values('number', '1', '2.5', '0', '7', '-1', '+3', '-0.5', '1e2', '.5', '5.', '0x1p-2', '1_0', '00012');
const notFinite = values('not finite', 'inf', '-inf', '+Infinity', 'NaN');
const noNumbers = values('no number', 'x', '', '1,5', ' 1', '1e400', '0x10', '1__0', '-nan', '--1');
const sections = (kind: Section['kind'], ...texts: readonly string[]) =>
  fc.constantFrom(...texts).map((text): Section => ({ text, kind }));
const tag = fc.constantFrom('kk:v', 'kk:w', 'aa:1', 'b.c:2', '0:x', 'é:ü', 'kk:a:b', '#kk:php', 'l:"\\');
const oddTag = fc.constantFrom('', 'kk', ':v', 'kk:', '#', '=');
const tags = fc.array(fc.oneof({ weight: 5, arbitrary: tag }, oddTag), { maxLength: 3 }).map((list) => list.join(','));
const tagSection = tags.map((text): Section => ({ text: `#${text}`, kind: 'tags' }));
const factorSections = [
  { weight: 3, arbitrary: sections('factor', '@1', '@0', '@1e0', '@0x1p0') },
  { weight: 3, arbitrary: sections('weight', '@0.5', '@0.1', '@0.3', '@.7', '@0.15') },
  sections('no weight', '@2', '@-1', '@inf'),
  sections('bad factor', '@', '@x', '@1e400', '@ 1'),
];
const packedSection = fc.oneof(...factorSections, sections('other', '', 'x', '0.1', 'cx', 't1'));
const plainSection = fc.oneof(
  { weight: 4, arbitrary: tagSection },
  ...factorSections,
  sections('other', '', 'x', '0.1', 'c', 'cx', 't1'),
);
const section = fc.oneof(
  { weight: 6, arbitrary: plainSection },
  sections('container', 'c:id', 'c:a:b', 'c:'),
  sections('silent', 'T1700000000', 'Tx', 'e:it-false', 'card:low'),
);
const name = fc
  .array(fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...segments) }, fc.constantFrom(...oddSegments)), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.join('.'));
const nameTag = fc.constantFrom('kk=v', 'kk=w', 'aa=1', 'b.c=2', '0=x', 'kk=a=b', 'é=ü');
const oddNameTag = fc.constantFrom('', 'kk', '=v', 'kk=', '#kk=v');
const nameTags = fc
  .record({
    open: fc.constantFrom(',' as const, '#' as const, '[' as const),
    good: fc.array(nameTag, { maxLength: 2 }),
    odd: fc.array(oddNameTag, { maxLength: 1 }),
  })
  .map(({ open, good, odd }) => ({ open, tags: [...good, ...odd].join(','), wrong: odd.length > 0 }));
const typed = (type: fc.Arbitrary<string>, one: fc.Arbitrary<Value>, behind: fc.Arbitrary<Section>, most: number) =>
  fc.record({
    values: fc.oneof(
      { weight: 6, arbitrary: fc.tuple(one) },
      fc.tuple(noNumbers),
      fc.array(fc.oneof({ weight: 5, arbitrary: one }, noNumbers), { minLength: Math.min(2, most), maxLength: most }),
    ),
    type,
    sections: fc.oneof(
      { weight: 6, arbitrary: fc.array(behind, { maxLength: 2 }) },
      { weight: 4, arbitrary: fc.constant([]) },
      fc.array(behind, { maxLength: 5 }),
    ),
  });
const anyNumber = fc.oneof({ weight: 4, arbitrary: numbers }, notFinite);
const otherTypes = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('c', 'ms', 'h', 'd') },
  fc.constantFrom('C', 'x', ''),
);
const samples = (behind: fc.Arbitrary<Section>, most: number) =>
  fc.oneof(
    { weight: 3, arbitrary: typed(otherTypes, numbers, behind, most) },
    typed(fc.constant('g'), anyNumber, behind, most),
  );

/** A line, mostly well-formed. */
export const line: fc.Arbitrary<Line> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ name, nameTags: fc.constant(undefined), samples: fc.tuple(samples(section, 3)) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ name, nameTags, samples: fc.tuple(samples(plainSection, 3)) }),
  },
  fc.record({
    name,
    nameTags: fc.option(nameTags, { nil: undefined }),
    samples: fc.array(samples(packedSection, 1), { minLength: 2, maxLength: 3 }),
  }),
);
const unchanged = fc.record({
  name,
  nameTags: fc.option(nameTags, { nil: undefined }),
  samples: fc.tuple(typed(otherTypes, numbers, tagSection, 2)),
});

const marks = [':', '|', ',', '#', '[', ']', '=', '.', '-', '"', '\\', '1', 'h', 'g', '\xff', '\t'];

/** A line with marks put in or bytes taken out. */
export const changed: fc.Arbitrary<Changed> = fc.record({
  line: unchanged,
  changes: fc.array(fc.record({ at: fc.nat(60), mark: fc.constantFrom(...marks, ''), removed: fc.nat(2) }), {
    minLength: 1,
    maxLength: 2,
  }),
});

/** The line as text. */
export function written(prefix: string, { name: rest, nameTags: inName, samples }: Line): string {
  const closed = inName === undefined ? '' : `${inName.open}${inName.tags}${inName.open === '[' ? ']' : ''}`;
  return `${prefix}.${rest}${closed}:${samples.map(writtenSample).join(':')}`;
}

export function writtenSample({ values: sent, type, sections: behind }: Sample): string {
  return [sent.map(({ text }) => text).join(':'), type, ...behind.map(({ text }) => text)].join('|');
}

/** The line's bytes, changed behind the prefix. */
export function changedBytes(prefix: string, { line: unchanged, changes }: Changed): Buffer {
  const from = prefix.length + 1;
  return changes.reduce(
    (bytes, { at, mark, removed }) => {
      const place = from + (at % (bytes.length - from + 1));
      return Buffer.concat([
        bytes.subarray(0, place),
        Buffer.from(mark, 'latin1'),
        bytes.subarray(Math.min(bytes.length, place + removed)),
      ]);
    },
    Buffer.from(written(prefix, unchanged)),
  );
}
