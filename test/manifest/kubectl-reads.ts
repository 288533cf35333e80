import type { execFile } from 'node:child_process';
import { isObject, type Json, type JsonObject } from '../../src/json/json.ts';

/** The objects that kubectl reads from a text; null where it refuses the text. */
export function kubectlReads(text: string, run: typeof execFile): Promise<readonly JsonObject[] | null> {
  const args = ['annotate', '--local', '-f', '-', 'zz=1', '-o', 'json'];
  return new Promise((resolve) => {
    const child = run('kubectl', args, (error, stdout) => resolve(error === null ? objectsOf(stdout) : null));
    child.stdin?.on('error', () => {});
    child.stdin?.end(text);
  });
}

/** kubectl prints one object after the other. */
function objectsOf(stdout: string): JsonObject[] {
  const texts = stdout.split(/(?<=^\})\n/m).filter((text) => text.trim() !== '');
  return texts.map((text) => withoutMark(JSON.parse(text)));
}

function withoutMark(json: Json): JsonObject {
  if (!isObject(json) || !isObject(json.metadata) || !isObject(json.metadata.annotations)) return {};
  const { zz: _, ...annotations } = json.metadata.annotations;
  const { annotations: __, ...metadata } = json.metadata;
  return { ...json, metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations } };
}
