import type { Program } from '../../linux/process/process.ts';
import { Fetch, HeaderFile } from './fetch.ts';
import { type CurlOptions, CurlUsage, readOptions } from './options.ts';
import { ConnectionPool } from './pool.ts';
import { VERSION } from './request.ts';

const HELP = `Usage: curl [options...] <url>
 -A, --user-agent <name>    Send User-Agent <name> to server
     --connect-timeout <s>  Maximum time allowed for connection
 -d, --data <data>          HTTP POST data
 -D, --dump-header <file>   Write the received headers to <file>
 -f, --fail                 Fail fast with no output on HTTP errors
 -H, --header <header>      Pass custom header(s) to server
 -h, --help                 Get help for commands
 -i, --include              Include protocol response headers in the output
 -I, --head                 Show document info only
     --interface <name>     Use network INTERFACE (or address)
 -L, --location             Follow redirects
 -m, --max-time <seconds>   Maximum time allowed for transfer
 -o, --output <file>        Write to file instead of stdout
 -X, --request <method>     Specify request method to use
     --resolve <host:port:addr>  Resolve the host+port to this address
     --retry <num>          Retry request if transient problems occur
 -s, --silent               Silent mode
 -S, --show-error           Show error even when -s is used
 -u, --user <user:password> Server user and password
 -v, --verbose              Make the operation more talkative
 -V, --version              Show version number and quit
 -w, --write-out <format>   Use output FORMAT after completion
Other options of the real tool are not modelled in this simulation.
`;

/** curl(1), for HTTP: options, messages and exit statuses of curl 7.88. */
export const curl: Program = async (process) => {
  const { argv, stderr, stdout } = process;
  const hint = "curl: try 'curl --help' or 'curl --manual' for more information\n";
  let options: CurlOptions;
  try {
    if (argv.length === 1) {
      await stderr.write(hint);
      return 2;
    }
    if (argv[1] === '-V' || argv[1] === '--version') {
      await stdout.write(`curl ${VERSION} (simulated)\nProtocols: http\nFeatures: none\n`);
      return 0;
    }
    if (argv[1] === '-h' || argv[1] === '--help') {
      await stdout.write(HELP);
      return 0;
    }
    options = readOptions(argv.slice(1));
    if (options.urls.length === 0) throw new CurlUsage('no URL specified!');
    if (options.head && options.data.length > 0) {
      throw new CurlUsage('-I asks for HEAD and -d for POST: only one method is possible', false);
    }
  } catch (error) {
    if (!(error instanceof CurlUsage)) throw error;
    await stderr.write(`curl: ${error.message}\n${error.hint ? hint : ''}`);
    return 2;
  }
  const pool = new ConnectionPool();
  const headers = new HeaderFile(process, options.dumpHeader);
  let status = 0;
  try {
    for (const [i, url] of options.urls.entries()) {
      status = await new Fetch(process, options, pool, headers, url, i).run();
    }
  } finally {
    pool.closeAll();
  }
  return status;
};
