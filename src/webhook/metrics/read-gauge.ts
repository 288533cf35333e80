import { Gauge, type Registry } from 'prom-client';

interface Declaration {
  readonly name: string;
  readonly help: string;
  readonly registers: Registry[];
}

/** A gauge that is read when the page is rendered, and has no series while its value is undefined. */
export function readGauge(declaration: Declaration, read: () => number | undefined): void {
  new Gauge({
    ...declaration,
    collect() {
      const value = read();
      if (value === undefined) this.remove();
      else this.set(value);
    },
  });
}
