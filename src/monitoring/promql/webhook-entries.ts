import { prefix } from '../../contract/names.ts';

/** The entries of the webhook configuration, as the API server names them in its metrics: a regular expression. */
export const entries = `[a-z]+\\\\.${prefix.replaceAll('.', '\\\\.')}`;
/** Those of them that can keep a pod from its sidecar. */
export const podEntries = `(pods|namespaces)\\\\.${prefix.replaceAll('.', '\\\\.')}`;
