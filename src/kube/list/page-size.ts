/** The limits of the pages of a list. */
export const pageLimits = {
  /** Objects of the first page, before the size of an object is known. */
  first: 50,
  /** The most objects of a page. */
  most: 500,
  /** The bytes that a page should have. */
  target: 1024 * 1024,
  /** The most bytes of a page of several objects. */
  bytes: 2 * 1024 * 1024,
  /** The most bytes of a page of one object: 1.5 MiB in etcd, at worst six times that in JSON (`<` is `\u003c`). */
  single: 10 * 1024 * 1024,
  /** The most pages and objects of a list; etcd holds 8 GiB. */
  pages: 50_000,
  objects: 5_000_000,
} as const;

/** The most bytes of an answer with this many objects. */
export function pageMostBytes(size: number): number {
  return size === 1 ? pageLimits.single : pageLimits.bytes;
}

/**
 * The objects of the next page: as many as have `target` bytes at the average of the last page, at most twice as many
 * as before, since the next objects may be larger.
 */
export function nextPageSize(size: number, objects: number, bytes: number): number {
  const fits = objects === 0 || bytes === 0 ? pageLimits.most : Math.floor((pageLimits.target * objects) / bytes);
  return Math.max(1, Math.min(fits, size * 2, pageLimits.most));
}
