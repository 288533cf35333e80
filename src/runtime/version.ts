/** The version of the program; `test/release/version.test.ts` holds it against `package.json`. */
export const version = '0.1.0';
