import { expect, test } from 'vitest';
import { ip, Lab, owner, prefix } from '../../network.fixture.ts';

/** tcp_connect looks at ECONNREFUSED alone, tcp_v4_connect at the route. */

async function connecting(rewrite: boolean): Promise<unknown> {
  const lab = new Lab();
  const { a } = lab.cluster();
  a.addRoute({ type: 'prohibit', destination: prefix('10.66.0.0/16') });
  if (rewrite) {
    a.stack.hooks.register('output', {
      name: 'sends it elsewhere',
      priority: -100,
      run: (passage) => {
        passage.packet = { ...passage.packet, destination: ip('10.66.0.1') };
        passage.reroute = true;
        return 'accept';
      },
    });
  }
  const to = { address: ip(rewrite ? '172.18.0.3' : '10.66.0.1'), port: 80 };
  const tried = a.sockets.connectTcp(to, owner).then(
    () => 'connected',
    (error: Error) => error.message,
  );
  return lab.settle(tried, 500);
}

test('a route that refuses is told at once', async () => {
  expect(await connecting(false)).toBe('Permission denied');
});

test('a rule that sends the SYN where no way leads loses it: connect goes on waiting', async () => {
  expect(await connecting(true)).toBeUndefined();
});
