import { prefix } from '../../contract/names.ts';

/** A regular expression of the entries of the webhook configuration, as the API server names them in its metrics. */
export const entries = `[a-z-]+\\\\.${prefix.replaceAll('.', '\\\\.')}`;
/** A regular expression of the entries whose failed calls let pods through: no entry for required pods is one. */
export const podEntries = `(pods|namespaces)\\\\.${prefix.replaceAll('.', '\\\\.')}`;
