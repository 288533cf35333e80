import { prefix } from '../../contract/names.ts';

/** A regular expression of the entries of the webhook configuration, as the API server names them in its metrics. */
export const entries = `[a-z]+\\\\.${prefix.replaceAll('.', '\\\\.')}`;
/** A regular expression of the entries that inject pods. */
export const podEntries = `(pods|namespaces)\\\\.${prefix.replaceAll('.', '\\\\.')}`;
