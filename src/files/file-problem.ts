/** The reason why a file cannot be read, in words. */
export function fileProblem(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read it';
    case 'EISDIR':
      return 'is a directory';
    default:
      return `cannot be read (${error.code ?? error.message})`;
  }
}
