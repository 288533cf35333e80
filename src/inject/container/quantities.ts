import { quote } from '../../flags/codec.ts';
import { isObject, type Json, type JsonObject, objectOf } from '../../json/json.ts';
import { pointer } from '../../json/operation.ts';
import { type Amount, amountOf } from '../resources/quantity.ts';
import { isGiven, list, needs, object, type Rule, type Shape, shown, text, unique, word } from './shape.ts';
import { isQualifiedName } from './texts.ts';

/** A quantity, which may be written as a number. */
export const amount: Shape = (value, path, report) => {
  if (read(value) === undefined) report(path, `${shown(value)} is no quantity such as 10m, 0.5 or 64Mi`);
};

function read(value: Json | undefined): Amount | undefined {
  if (typeof value === 'string') return amountOf(value.trim());
  return typeof value === 'number' ? amountOf(String(value)) : undefined;
}

const standard: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
const isExtended = (name: string) => name.includes('/') && !name.includes('kubernetes.io/');
const isHugePages = (name: string) => name.startsWith('hugepages-');

function nameProblem(name: string): string | undefined {
  if (!isQualifiedName(name)) return 'is no name of a resource';
  if (name.includes('/'))
    return isExtended(name) && name.startsWith('requests.') ? 'is no name of a resource' : undefined;
  return standard.has(name) || isHugePages(name)
    ? undefined
    : 'is no resource of a container: cpu, memory, ephemeral-storage';
}

const amounts: Shape = (value, path, report) => {
  if (!isObject(value)) return report(path, `${shown(value)} is not an object`);
  for (const [name, held] of Object.entries(value)) {
    if (report.isFull()) return;
    const at = path + pointer(name);
    const problem = nameProblem(name);
    if (problem !== undefined) report(at, `${quote(name)} ${problem}`);
    else if (held !== null) {
      amount(held, at, report);
      const given = read(held);
      if (given !== undefined && !isWhole(name, given))
        report(at, `${shown(held)} is no whole number of ${unitOf(name)}`);
    }
  }
};

const unit = 1_000_000_000n;

/** Devices and huge pages are given whole. */
function isWhole(name: string, given: Amount): boolean {
  if (isExtended(name)) return given % unit === 0n;
  if (!isHugePages(name)) return true;
  const page = amountOf(name.slice('hugepages-'.length));
  return page !== undefined && page > 0n && given > 0n && given % page === 0n;
}

function unitOf(name: string): string {
  return isHugePages(name) ? `pages of ${name.slice('hugepages-'.length)}` : 'devices';
}

/** The API server takes no more than the limit, and of what cannot be shared just the limit. */
const within: Rule = ({ requests, limits }, path, report) => {
  const most = objectOf(limits) ?? {};
  for (const [name, held] of Object.entries(objectOf(requests) ?? {})) {
    const at = `${path}/requests${pointer(name)}`;
    const exclusive = isExtended(name) || isHugePages(name);
    const limit = Object.hasOwn(most, name) ? most[name] : undefined;
    const [asked, allowed] = [held === null ? 0n : read(held), limit === null ? 0n : read(limit)];
    if (limit === undefined) {
      if (exclusive) report(at, 'needs a limit of the same amount');
    } else if (asked !== undefined && allowed !== undefined && (asked > allowed || (exclusive && asked !== allowed)))
      report(at, `${shown(held)} is ${asked > allowed ? 'more than' : 'not'} the limit ${shown(limit)}`);
  }
  const names = [...Object.keys(most), ...Object.keys(objectOf(requests) ?? {})];
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory'))
    report(path, 'huge pages need cpu or memory beside them');
};

export const resources = object(
  { requests: amounts, limits: amounts, claims: list(object({ name: text(), request: text() }, needs('name'))) },
  within,
);

const policies = list(
  object(
    { resourceName: word('cpu', 'memory'), restartPolicy: word('NotRequired', 'RestartContainer') },
    needs('resourceName', 'restartPolicy'),
  ),
);

export const resizePolicy: Shape = (value, path, report) => {
  policies(value, path, report);
  if (Array.isArray(value))
    unique(
      value as readonly Json[],
      ({ resourceName }: JsonObject) => (isGiven(resourceName) ? String(resourceName) : undefined),
      (i, name) => report(`${path}/${i}/resourceName`, `${quote(name)} has a policy already`),
    );
};
