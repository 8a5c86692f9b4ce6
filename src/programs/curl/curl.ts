import type { Program } from '../../linux/process/process.ts';
import { Fetch, HeaderFile } from './fetch.ts';
import { type CurlOptions, CurlUsage, readOptions } from './options.ts';
import { ConnectionPool } from './pool.ts';
import { VERSION } from './request.ts';

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
