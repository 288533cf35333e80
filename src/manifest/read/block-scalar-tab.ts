/**
 * The offset in the text of a block scalar, without its header, of the first tab that go-yaml takes for indentation:
 * before the first character that is no space, and in later lines before the column of that character.
 *
 * @param isExplicit whether the header gives the indentation; go-yaml then knows it before the first line
 */
export function blockScalarTab(source: string, isExplicit: boolean): number | undefined {
  let indent: number | undefined = isExplicit ? 0 : undefined;
  for (const { 1: spaces, 2: next, index } of source.matchAll(/^( *)([^\r\n]?)/gm)) {
    const column = spaces!.length;
    if (next === '\t' && (indent === undefined || column < indent)) return index + column;
    if (next !== '' && indent === undefined) indent = column;
  }
  return undefined;
}
