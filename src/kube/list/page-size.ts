/** How large the pages of a list are. */
export const pageLimits = {
  /** Objects of the first page, of which nothing is known. */
  first: 50,
  /** Objects of a page at most. */
  most: 500,
  /** Bytes that a page should have. */
  target: 1024 * 1024,
  /** Bytes of a page at most, where it has several objects. */
  bytes: 2 * 1024 * 1024,
  /** Bytes of a page of one object: etcd takes 1.5 MiB, of which a byte is six in JSON at worst (`<` is `\u003c`). */
  single: 10 * 1024 * 1024,
  /** Pages and objects of a list at most; etcd holds 8 GiB. */
  pages: 50_000,
  objects: 5_000_000,
} as const;

/** The most bytes of an answer of so many objects that are read. */
export function pageMostBytes(size: number): number {
  return size === 1 ? pageLimits.single : pageLimits.bytes;
}

/**
 * Objects of the next page: as many as would have had `target` bytes in the last one, at most twice as many as before,
 * since the objects behind may be of another kind.
 */
export function nextPageSize(size: number, objects: number, bytes: number): number {
  const fits = objects === 0 || bytes === 0 ? pageLimits.most : Math.floor((pageLimits.target * objects) / bytes);
  return Math.max(1, Math.min(fits, size * 2, pageLimits.most));
}
