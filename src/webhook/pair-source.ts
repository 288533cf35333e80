import type { WebhookSettings } from '../contract/webhook.ts';
import type { ServingPair } from './certificates.ts';
import { type Loaded, type ReloadContext, reloadOnChange } from './reload.ts';
import { certificateSource } from './sources.ts';
import { readFiles } from './watch-file.ts';

/** Where the serving pair comes from: two files, or an authority that all replicas share. */
export interface PairSource {
  /** To begin with; undefined where it is still to be read from the Secret, or to be issued. */
  readonly first: ServingPair | undefined;
  /** Hands over every later pair. */
  follow(use: (pair: ServingPair) => void, context: PairContext): Followed;
}

export interface PairContext extends ReloadContext {
  readonly random: () => number;
}

export interface Followed {
  /** Why there is no newer pair, or none at all; nothing where all is well. */
  problem(): string | undefined;
  /** Milliseconds since the epoch; undefined where somebody else is the authority. */
  authorityExpires(): number | undefined;
  stop(): void;
}

/** What `--certificates.mode` says. */
export async function pairSource(settings: WebhookSettings, now: () => number): Promise<Loaded<PairSource>> {
  return pairOfFiles(settings, now);
}

/** The pair of `--tls-cert-file` and `--tls-key-file`, which has to be there. */
async function pairOfFiles(
  settings: Pick<WebhookSettings, 'tlsCertFile' | 'tlsKeyFile'>,
  now: () => number,
): Promise<Loaded<PairSource>> {
  const source = certificateSource(settings, now);
  const read = await readFiles(source.files);
  const pair = source.load(read);
  if (!pair.ok) return pair;
  const follow: PairSource['follow'] = (use, context) => {
    const watch = reloadOnChange(source, read, use, context);
    return { problem: () => undefined, authorityExpires: () => undefined, stop: () => watch.stop() };
  };
  return { ok: true, value: { first: pair.value, follow } };
}
