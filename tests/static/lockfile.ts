/** A lock file with download addresses works only where it was made. */
import { readFileSync } from 'node:fs';

const found = readFileSync('package-lock.json', 'utf8').match(/"resolved": "http[^"]*"/g) ?? [];
for (const line of found.slice(0, 5))
  console.error(`package-lock.json: ${line}; set omit-lockfile-registry-resolved=true and run npm install`);
process.exitCode = found.length > 0 ? 1 : 0;
