// The command line of `webhook-certs/issue`.
import { isIP } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type CertificateOrder, issueCertificates } from './certificates.ts';

const usage = `usage: webhook-certs/issue [--out DIR] [--days N] [--ca-days N] [--new-ca] NAME...

NAME is a DNS name or an IP address under which the webhook is called; the API server calls a Service as
<service>.<namespace>.svc. Without one: localhost 127.0.0.1 ::1.

  --out DIR      where the files go, from the root of the repository (default webhook-certs)
  --days N       how long the serving certificate is valid (default 365)
  --ca-days N    how long the authority is valid (default 3650)
  --new-ca       make a new authority although there is one

Writes ca.crt ca.key tls.crt tls.key. Keep ca.key to yourself; the webhook needs tls.crt and tls.key only.
`;

function readOrder(args: readonly string[]): CertificateOrder | string {
  const whole = (name: string, text: string) =>
    /^[1-9]\d{0,4}$/.test(text) ? [] : [`--${name}: not a number of days`];
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string', default: join(dirname(dirname(fileURLToPath(import.meta.url))), 'webhook-certs') },
        days: { type: 'string', default: '365' },
        'ca-days': { type: 'string', default: '3650' },
        'new-ca': { type: 'boolean', default: false },
      },
    });
    const names = positionals.length === 0 ? ['localhost', '127.0.0.1', '::1'] : positionals;
    const problems = [
      ...names.filter((name) => !isName(name)).map((name) => `${JSON.stringify(name)} is no DNS name and no address`),
      ...whole('days', values.days),
      ...whole('ca-days', values['ca-days']),
    ];
    if (problems.length > 0) return problems.join('\n');
    const { out: folder, days, 'ca-days': authorityDays, 'new-ca': newAuthority } = values;
    return { folder, names, days: Number(days), authorityDays: Number(authorityDays), newAuthority };
  } catch (error) {
    return (error as Error).message;
  }
}

/** A DNS name, with a wildcard as its first label at most. */
function isName(name: string): boolean {
  if (isIP(name) !== 0) return true;
  return (
    name.length <= 253 &&
    /^(\*\.)?([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/i.test(name)
  );
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const order = args.includes('--help') ? usage : readOrder(args);
  if (typeof order !== 'string') {
    for (const line of await issueCertificates(order)) console.log(line);
  } else if (order === usage) {
    console.log(usage);
  } else {
    console.error(`issue: ${order}\n\n${usage}`);
    process.exitCode = 2;
  }
}
