import { Gauge, type Registry } from 'prom-client';

interface Named {
  readonly name: string;
  readonly help: string;
  readonly registers: Registry[];
}

/** A gauge that is read when the page is asked for, and has no series while there is nothing to read. */
export function readGauge(named: Named, read: () => number | undefined): void {
  new Gauge({
    ...named,
    collect() {
      const value = read();
      if (value === undefined) this.remove();
      else this.set(value);
    },
  });
}
