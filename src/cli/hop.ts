import { main } from './main.ts';

const code = await main(process.argv.slice(2));
// What is still open (a connection that waits to be used again) is nobody's reason to wait.
process.exit(code);
