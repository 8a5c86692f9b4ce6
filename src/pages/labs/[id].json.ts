import type { APIRoute, GetStaticPaths } from 'astro';
import { goodLabs } from '../../build/labs.ts';
import type { Lab } from '../../labs/spec/lab.ts';

/** A lab as data, for the Worker that runs it. */
export const getStaticPaths: GetStaticPaths = () =>
  goodLabs().map((lab) => ({ params: { id: lab.id }, props: { lab } }));

export const GET: APIRoute<{ lab: Lab }> = ({ props }) =>
  new Response(JSON.stringify(props.lab), { headers: { 'content-type': 'application/json' } });
