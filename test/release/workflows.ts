import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const root = join(import.meta.dirname, '../..');
const folder = '.github/workflows';

export type Permissions = Readonly<Record<string, string>>;

export interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Job {
  readonly uses?: string;
  readonly 'runs-on'?: string;
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Permissions;
  readonly strategy?: { readonly matrix?: { readonly include?: readonly Readonly<Record<string, string>>[] } };
  readonly steps?: readonly Step[];
}

export interface Workflow {
  readonly file: string;
  readonly text: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Permissions;
  readonly defaults?: { readonly run?: { readonly shell?: string } };
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Every workflow of the repository. YAML that does not parse, or says a key twice, throws. */
export function readWorkflows(): readonly Workflow[] {
  return readdirSync(join(root, folder)).map((name) => {
    const file = join(folder, name);
    const text = readFileSync(join(root, file), 'utf8');
    return { ...(parse(text) as Omit<Workflow, 'file' | 'text'>), file, text };
  });
}

export interface Placed<T> {
  /** The file, the job and the step's number, to be read in a failure. */
  readonly where: string;
  readonly value: T;
}

export function stepsOf({ file, jobs }: Workflow): readonly Placed<Step>[] {
  return Object.entries(jobs).flatMap(([job, { steps = [] }]) =>
    steps.map((value, index) => ({ where: `${file}: ${job}, step ${index + 1}`, value })),
  );
}
